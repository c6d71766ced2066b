/*
 * The `ward` command. Everything is in verbs.c and one file for each verb.
 */
#include "cli/verb.h"

int main(int argc, char **argv)
{
	return verbs_run(argc, argv);
}
