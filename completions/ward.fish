# Completion of ward(1) for fish. tests/interop/help.py checks that no option is missing.
set -l verbs serve connect cert key help
complete -c ward -f
complete -c ward -n "not __fish_seen_subcommand_from $verbs" -a serve -d 'Serve the files of a folder over HTTPS'
complete -c ward -n "not __fish_seen_subcommand_from $verbs" -a connect -d 'Open a TLS session and show what was agreed'
complete -c ward -n "not __fish_seen_subcommand_from $verbs" -a cert -d 'Look at certificates, judge them, make them'
complete -c ward -n "not __fish_seen_subcommand_from $verbs" -a key -d 'Make private keys, and look at them'
complete -c ward -n "not __fish_seen_subcommand_from $verbs" -a help -d 'List the verbs, or the options of one'
complete -c ward -n "not __fish_seen_subcommand_from $verbs" -s V -l version -d 'Print the version'
complete -c ward -s h -l help -d 'List verbs or options'
complete -c ward -n '__fish_seen_subcommand_from help' -a 'serve connect cert key'

set -l connect '__fish_seen_subcommand_from connect'
complete -c ward -n $connect -a '(__fish_print_hostnames)'
complete -c ward -n $connect -l cacert -r -F -d 'Trust this file or folder of CAs'
complete -c ward -n $connect -l servername -x -d 'Ask for this name and verify it'
complete -c ward -n $connect -l alpn -x -a 'h2 http/1.1 h2,http/1.1' -d 'Protocols to offer'
complete -c ward -n $connect -s k -l insecure -d 'Go on when verification fails'
complete -c ward -n $connect -l cert -r -F -d 'Certificate for a server that asks for one'
complete -c ward -n $connect -l key -r -F -d 'Its private key'
complete -c ward -n $connect -s 4 -l ipv4 -d 'IPv4 alone'
complete -c ward -n $connect -s 6 -l ipv6 -d 'IPv6 alone'
complete -c ward -n $connect -l timeout -x -d 'For connection and handshake'
complete -c ward -n $connect -l eof-wait -x -d 'Silence before the peer is told that input has ended'
complete -c ward -n $connect -l suites -x -a 'TLS_AES_128_GCM_SHA256 TLS_AES_256_GCM_SHA384 TLS_CHACHA20_POLY1305_SHA256' -d 'Cipher suites to offer'
complete -c ward -n $connect -l groups -x -a 'x25519 secp256r1 secp384r1' -d 'Key exchange groups to offer'
complete -c ward -n $connect -l keylog -r -F -d 'Append the secrets to this file'
complete -c ward -n $connect -l json -d 'The facts as one JSON document'
complete -c ward -n $connect -s i -l interactive -d 'Pass bytes between peer and terminal, too'
complete -c ward -n $connect -s n -l no-input -d 'Show the facts and end'
complete -c ward -n $connect -s v -l verbose -d 'Show messages; twice: fields'
complete -c ward -n $connect -s q -l quiet -d 'Do not show the facts'
complete -c ward -n $connect -l color -x -a 'auto always never' -d 'When to colour'

set -l serve '__fish_seen_subcommand_from serve'
complete -c ward -n $serve -a '(__fish_complete_directories)'
complete -c ward -n $serve -s l -l listen -x -d 'Where to listen'
complete -c ward -n $serve -l cert -r -F -d 'Certificate and chain'
complete -c ward -n $serve -l key -r -F -d 'Its private key'
complete -c ward -n $serve -l hsts -d 'Tell browsers to use HTTPS alone'
complete -c ward -n $serve -l hidden -d 'Serve names that begin with a dot'
complete -c ward -n $serve -l access-log -d 'One line for each answer'
complete -c ward -n $serve -l threads -x -d 'Event loops'
complete -c ward -n $serve -l max-connections -x -d 'Connections at once'
complete -c ward -n $serve -l handshake-timeout -x -d 'For a TLS handshake'
complete -c ward -n $serve -l request-timeout -x -d 'For a request to arrive'
complete -c ward -n $serve -l idle-timeout -x -d 'Between requests'
complete -c ward -n $serve -l stop-timeout -x -d 'To finish when it is stopped'
complete -c ward -n $serve -l min-rate -x -d 'Bytes a second that a client must take'
complete -c ward -n $serve -s q -l quiet -d 'Do not say where it listens'

set -l cert_verbs show verify check match new
complete -c ward -n "__fish_seen_subcommand_from cert; and not __fish_seen_subcommand_from $cert_verbs" -a show -d 'Show all that certificates say'
complete -c ward -n "__fish_seen_subcommand_from cert; and not __fish_seen_subcommand_from $cert_verbs" -a verify -d 'Judge a chain'
complete -c ward -n "__fish_seen_subcommand_from cert; and not __fish_seen_subcommand_from $cert_verbs" -a check -d 'Does one end soon?'
complete -c ward -n "__fish_seen_subcommand_from cert; and not __fish_seen_subcommand_from $cert_verbs" -a match -d 'Does the key belong to it?'
complete -c ward -n "__fish_seen_subcommand_from cert; and not __fish_seen_subcommand_from $cert_verbs" -a new -d 'Make a self-signed one'

set -l cert_show '__fish_seen_subcommand_from cert; and __fish_seen_subcommand_from show'
complete -c ward -n $cert_show -F
complete -c ward -n $cert_show -l json -d 'As one JSON document'
complete -c ward -n $cert_show -l pem -d 'The certificates themselves'
complete -c ward -n $cert_show -l servername -x -d 'Ask the server for this name'
complete -c ward -n $cert_show -l timeout -x -d 'For connection and handshake'
complete -c ward -n $cert_show -l color -x -a 'auto always never' -d 'When to colour'

set -l cert_verify '__fish_seen_subcommand_from cert; and __fish_seen_subcommand_from verify'
complete -c ward -n $cert_verify -F
complete -c ward -n $cert_verify -l cacert -r -F -d 'Trust this file or folder of CAs'
complete -c ward -n $cert_verify -l hostname -x -d 'That it must be for'
complete -c ward -n $cert_verify -l at -x -d 'Judge as of this time'
complete -c ward -n $cert_verify -l purpose -x -a 'server client' -d 'Whose chain it is'
complete -c ward -n $cert_verify -l policy -x -a 'default rfc5280 web' -d 'How much is asked of its form'
complete -c ward -n $cert_verify -l untrusted -r -F -d 'Certificates that may help'
complete -c ward -n $cert_verify -l aia -d 'Fetch intermediates that are missing'
complete -c ward -n $cert_verify -l write-chain -r -F -d 'Write the chain as it should be sent'
complete -c ward -n $cert_verify -l force -d 'Replace that file'
complete -c ward -n $cert_verify -l timeout -x -d 'For connection and handshake'
complete -c ward -n $cert_verify -l json -d 'The verdict as one JSON document'
complete -c ward -n $cert_verify -l color -x -a 'auto always never' -d 'When to colour'

set -l cert_check '__fish_seen_subcommand_from cert; and __fish_seen_subcommand_from check'
complete -c ward -n $cert_check -F
complete -c ward -n $cert_check -l within -x -d 'How soon'
complete -c ward -n $cert_check -s q -l quiet -d 'Say nothing of those that are good'

set -l cert_match '__fish_seen_subcommand_from cert; and __fish_seen_subcommand_from match'
complete -c ward -n $cert_match -F

set -l cert_new '__fish_seen_subcommand_from cert; and __fish_seen_subcommand_from new'
complete -c ward -n $cert_new -l lifetime -x -d 'How long it is valid'
complete -c ward -n $cert_new -l key-type -x -a 'p256 p384 ed25519 rsa2048 rsa3072 rsa4096' -d 'Type of its key'
complete -c ward -n $cert_new -l cert -r -F -d 'Where to write it'
complete -c ward -n $cert_new -l key -r -F -d 'Where to write its key'
complete -c ward -n $cert_new -l force -d 'Replace files that are there'

set -l key_verbs new show
complete -c ward -n "__fish_seen_subcommand_from key; and not __fish_seen_subcommand_from $key_verbs" -a new -d 'Make a private key'
complete -c ward -n "__fish_seen_subcommand_from key; and not __fish_seen_subcommand_from $key_verbs" -a show -d 'Say what a private key is'

set -l key_new '__fish_seen_subcommand_from key; and __fish_seen_subcommand_from new'
complete -c ward -n $key_new -l type -x -a 'p256 p384 ed25519 rsa2048 rsa3072 rsa4096' -d 'Type of the key'
complete -c ward -n $key_new -l out -r -F -d 'Where to write it'
complete -c ward -n $key_new -l force -d 'Replace a file that is there'

set -l key_show '__fish_seen_subcommand_from key; and __fish_seen_subcommand_from show'
complete -c ward -n $key_show -F
complete -c ward -n $key_show -l json -d 'As one JSON document'
complete -c ward -n $key_show -l public -d 'The public key'
