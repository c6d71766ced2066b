/*
 * The exit statuses of every verb. They are documented in ward(1) and never change their meaning.
 */
#ifndef CLI_EXIT_CODE_H
#define CLI_EXIT_CODE_H

enum exit_code {
	EXIT_FINE = 0,
	EXIT_ANSWER_NO = 1, /* verification failed, or another question was answered with no */
	EXIT_USAGE = 2,     /* options, or files that they name */
	EXIT_NETWORK = 3,   /* names, connections, and other input or output */
	EXIT_HANDSHAKE = 4, /* the peers could not agree, or one broke the protocol */
	EXIT_CA_REFUSED = 5,
};

#endif
