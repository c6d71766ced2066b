/* All of libward. */
#ifndef WARD_WARD_H
#define WARD_WARD_H

#include <ward/compress.h>
#include <ward/csr.h>
#include <ward/early_data.h>
#include <ward/error.h>
#include <ward/mutual.h>
#include <ward/quic.h>
#include <ward/raw_key.h>
#include <ward/resume.h>
#include <ward/revocation.h>
#include <ward/session.h>
#include <ward/status.h>
#include <ward/tls.h>
#include <ward/version.h>
#include <ward/x509.h>

#endif
