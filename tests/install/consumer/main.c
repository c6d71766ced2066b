/*
 * A program outside the tree: sees the installed headers and library alone. Exits 0 if the library
 * that it runs with is the one whose headers it was built with, and works.
 */
#include <ward/ward.h>

#include <stdio.h>
#include <string.h>

int main(void)
{
	struct ward_config *config = ward_config_new(NULL);

	if (config == NULL)
		return 1;
	ward_config_free(config);
	printf("%s\n", ward_library_version());
	return strcmp(ward_library_version(), WARD_VERSION) != 0;
}
