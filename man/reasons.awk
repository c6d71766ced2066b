# Makes ward_reasons(7) from include/ward/reasons.def: one entry for each row of the table.
#
#	awk -f reasons.awk -v date="November 24, 2026" reasons.def

function quoted(text)
{
	gsub(/\\/, "\\e", text)
	gsub(/^[.']/, "\\\\\\&&", text)
	return text
}

# The text between the next two quotation marks of `rest`, which moves behind them.
function next_string(    from, text)
{
	from = index(rest, "\"")
	rest = substr(rest, from + 1)
	text = substr(rest, 1, index(rest, "\"") - 1)
	rest = substr(rest, index(rest, "\"") + 1)
	return text
}

function alert_name(number)
{
	return number in alerts ? alerts[number] : "alert " number
}

function row(line,    name, alert, text, hint)
{
	sub(/^REASON\(/, "", line)
	name = line
	sub(/,.*/, "", name)
	alert = line
	sub(/^[^,]*, */, "", alert)
	sub(/[^-0-9].*/, "", alert)
	rest = line
	text = next_string()
	hint = next_string()
	printf ".It Dv WARD_E_%s\n", name
	printf "%s.\n", quoted(toupper(substr(text, 1, 1)) substr(text, 2))
	if (hint != "")
		printf "What to do:\n%s.\n", quoted(hint)
	if (alert >= 0)
		printf "Alert:\n.Em %s\n(%d).\n", alert_name(alert), alert
}

function section(line)
{
	gsub(/^\/\* | \*\/$/, "", line)
	if (open)
		print ".El"
	printf ".Ss %s\n.Bl -tag -width Ds\n", line
	open = 1
}

BEGIN {
	# RFC 9846, section 6
	split("0 close_notify 10 unexpected_message 20 bad_record_mac 22 record_overflow " \
	      "40 handshake_failure 42 bad_certificate 43 unsupported_certificate " \
	      "44 certificate_revoked 45 certificate_expired 46 certificate_unknown " \
	      "47 illegal_parameter 48 unknown_ca 49 access_denied 50 decode_error " \
	      "51 decrypt_error 70 protocol_version 71 insufficient_security " \
	      "80 internal_error 86 inappropriate_fallback 90 user_canceled 100 no_renegotiation " \
	      "109 missing_extension 110 unsupported_extension 112 unrecognized_name " \
	      "113 bad_certificate_status_response 115 unknown_psk_identity " \
	      "116 certificate_required 117 general_error 120 no_application_protocol " \
	      "121 ech_required", words, " ")
	for (i = 1; i in words; i += 2)
		alerts[words[i]] = words[i + 1]
	print ".\\\" Made from reasons.def by reasons.awk."
	printf ".Dd %s\n", date
	print ".Dt WARD_REASONS 7\n.Os"
	print ".Sh NAME\n.Nm ward_reasons\n.Nd every way a call of libward can fail"
	print ".Sh DESCRIPTION"
	print "The reasons of\n.Xr ward_error 3 ,"
	print "each with what happened, what to do about it where there is something to do, and"
	print "the alert of RFC 9846, section 6, that tells the peer.\nWhere no alert is named, no"
	print "peer is told."
}

/^\/\* .* \*\/$/ { section($0) }
/^REASON\(/ { held = $0; inside = 1 }
inside && !/^REASON\(/ { sub(/^[ \t]+/, ""); held = held " " $0 }
inside && /\)$/ { row(held); inside = 0 }

END {
	print ".El"
	print ".Sh SEE ALSO\n.Xr libward 3 ,\n.Xr ward_error 3"
	print ".Sh STANDARDS\nRFC 9846, section 6."
}
