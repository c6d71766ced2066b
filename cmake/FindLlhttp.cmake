# llhttp, Node's HTTP/1 parser, as target Llhttp::Llhttp.
#
# Debian 13 has it as a library (libllhttp-dev); Debian 12 as C sources alone (node-llhttp), which
# are compiled into a static library here.
find_package(PkgConfig QUIET)
pkg_check_modules(PC_LLHTTP QUIET IMPORTED_TARGET libllhttp)
include(FindPackageHandleStandardArgs)

if(PC_LLHTTP_FOUND)
	set(Llhttp_WHERE ${PC_LLHTTP_LINK_LIBRARIES})
	add_library(Llhttp::Llhttp ALIAS PkgConfig::PC_LLHTTP)
else()
	find_path(Llhttp_SOURCE_DIR llhttp.c PATHS /usr/share/llhttp NO_DEFAULT_PATH)
	find_path(Llhttp_INCLUDE_DIR llhttp.h PATHS /usr/share/include/llhttp NO_DEFAULT_PATH)
	if(Llhttp_SOURCE_DIR AND Llhttp_INCLUDE_DIR)
		set(Llhttp_WHERE ${Llhttp_SOURCE_DIR})
		add_library(llhttp STATIC EXCLUDE_FROM_ALL ${Llhttp_SOURCE_DIR}/llhttp.c
			${Llhttp_SOURCE_DIR}/api.c ${Llhttp_SOURCE_DIR}/http.c)
		target_include_directories(llhttp SYSTEM PUBLIC ${Llhttp_INCLUDE_DIR})
		target_compile_options(llhttp PRIVATE -w)
		add_library(Llhttp::Llhttp ALIAS llhttp)
	endif()
endif()
find_package_handle_standard_args(Llhttp
	REQUIRED_VARS Llhttp_WHERE
	REASON_FAILURE_MESSAGE "install libllhttp-dev (Debian 13) or node-llhttp (Debian 12)")
