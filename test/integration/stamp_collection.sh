#!/bin/sh
# The recipe of trailseal-collect(1), "TIME STAMPS AND SIGNATURES", with a time-stamping authority made for the occasion.
# usage: stamp_collection.sh COLLECTION WORK
set -eu
collection=$1 work=$2
mkdir -p "$work"

# The authority, as somebody else runs it.
cat > "$work/tsa.cnf" <<END
[req]
distinguished_name = dn
prompt = no
[dn]
CN = A time-stamping authority
[tsa]
extendedKeyUsage = critical, timeStamping
[tsa_config]
serial = $work/serial
crypto_device = builtin
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
ess_cert_id_alg = sha256
END
echo 01 > "$work/serial"
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -config "$work/tsa.cnf" -extensions tsa \
  -keyout "$work/tsa.key" -out "$work/tsa.pem" 2> /dev/null

# Time stamp: SHA256SUMS holds the hash of the manifest and of everything else.
cd "$collection"
openssl ts -query -data SHA256SUMS -sha256 -cert -out SHA256SUMS.tsq 2> /dev/null
openssl ts -reply -config "$work/tsa.cnf" -section tsa_config -queryfile SHA256SUMS.tsq -signer "$work/tsa.pem" \
  -inkey "$work/tsa.key" -out SHA256SUMS.tsr 2> /dev/null
openssl ts -verify -data SHA256SUMS -in SHA256SUMS.tsr -CAfile "$work/tsa.pem"

# Signature with a plain key.
openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:3072 -out "$work/examiner.key" 2> /dev/null
openssl pkey -in "$work/examiner.key" -pubout -out "$work/examiner.pub"
openssl dgst -sha256 -sign "$work/examiner.key" -out SHA256SUMS.sig SHA256SUMS
openssl dgst -sha256 -verify "$work/examiner.pub" -signature SHA256SUMS.sig SHA256SUMS

# Signature with a certificate.
openssl req -x509 -key "$work/examiner.key" -days 2 -subj "/CN=An examiner" -out "$work/examiner.pem"
openssl cms -sign -binary -in SHA256SUMS -signer "$work/examiner.pem" -inkey "$work/examiner.key" -outform DER \
  -out SHA256SUMS.p7s
openssl cms -verify -binary -inform DER -in SHA256SUMS.p7s -content SHA256SUMS -CAfile "$work/examiner.pem" \
  -purpose any -out /dev/null

# What was signed is what is there, and a changed list is refused.
sha256sum --check --quiet SHA256SUMS
sed s/0/1/ SHA256SUMS > "$work/changed"
if openssl ts -verify -data "$work/changed" -in SHA256SUMS.tsr -CAfile "$work/tsa.pem" 2> /dev/null; then exit 1; fi
if openssl dgst -sha256 -verify "$work/examiner.pub" -signature SHA256SUMS.sig "$work/changed" 2> /dev/null; then exit 1; fi
