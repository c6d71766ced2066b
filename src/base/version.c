/*
 * The version that the library was built as. The number is stated in the top CMakeLists.txt, from
 * which <ward/version.h>, the SONAME, ward.pc and the CMake package have it too.
 */
#include <ward/version.h>

const char *ward_library_version(void)
{
	return WARD_VERSION;
}
