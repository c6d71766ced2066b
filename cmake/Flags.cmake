# Compiler and linker flags of everything that is built here.

set(CMAKE_C_STANDARD 11)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS ON)
set(CMAKE_C_VISIBILITY_PRESET hidden)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
include(CheckPIESupported)
check_pie_supported(LANGUAGES C)

if(NOT CMAKE_BUILD_TYPE)
	set(CMAKE_BUILD_TYPE RelWithDebInfo)
endif()
# Assertions guard the state machine and the key schedule: they stay on in every build.
set(CMAKE_C_FLAGS_DEBUG "-O1 -g")
set(CMAKE_C_FLAGS_RELEASE "-O2")
set(CMAKE_C_FLAGS_RELWITHDEBINFO "-O2 -g")

add_compile_definitions(_GNU_SOURCE)
add_compile_options(-Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes
	-Wcast-qual -Wvla -Wswitch-enum -fno-strict-aliasing)
if(WARD_WERROR)
	add_compile_options(-Werror)
endif()

if(WARD_SANITIZE)
	add_compile_options(-fsanitize=${WARD_SANITIZE} -fno-sanitize-recover=all
		-fno-omit-frame-pointer)
	add_link_options(-fsanitize=${WARD_SANITIZE})
else()
	add_link_options(-Wl,-z,defs)
endif()
if(CMAKE_BUILD_TYPE MATCHES "^Rel" AND NOT WARD_SANITIZE)
	add_compile_options(-fstack-protector-strong -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2)
	add_link_options(-Wl,-z,relro -Wl,-z,now)
endif()
