#!/usr/bin/env bash
# Archives that are none, or meant to hurt: one clear line, exit status 1, and
# not a row is written.
# shellcheck source=tests/integration/import_kit.bash
. "$(dirname "$0")/import_kit.bash"

ready import_bad
full_archive "$work/full"
date=(--as-of 2026-11-20)
before=$(written)
tables=$(content "$work/before")

bad() { # WHAT REGEX FILE
	refuse "$1" 1 "$2" import linkedin "$3" --user $mira "${date[@]}"
	is "$1: nothing is written" "$(written)" "$before"
}
odd() { # WHAT REGEX: the full archive, and make_zip's WHAT in it
	zip_of "$work/$1.zip" "$work/full" "$1"
	bad "$1" "$2" "$work/$1.zip"
}
began=$(millis)
odd bomb 'Shares.csv'
odd liar 'Shares.csv'
below 'a bomb takes no time' "$(($(millis) - began))" 20000
odd climb 'passwd'
odd crypt 'encrypt'
odd crc 'Shares.csv'

zip_of "$work/good.zip" "$work/full"
size=$(stat -c %s "$work/good.zip")
head -c $((size - 30)) "$work/good.zip" >"$work/cut.zip"
bad 'cut at the end' 'zip|archive' "$work/cut.zip"
head -c $((size / 2)) "$work/good.zip" >"$work/half.zip"
bad 'half of it' 'zip|archive' "$work/half.zip"
{
	head -c 200 "$work/good.zip"
	head -c 200 /dev/zero
	tail -c +401 "$work/good.zip"
} >"$work/hole.zip"
bad 'a hole in it' '.' "$work/hole.zip"
head -c 100000 /dev/urandom >"$work/noise.zip"
bad 'noise' 'zip|archive' "$work/noise.zip"
: >"$work/empty.zip"
bad 'an empty file' 'zip|archive|empty' "$work/empty.zip"
bad 'a CSV' 'zip|archive' "$work/full/Connections.csv"

mkdir "$work/none"
cp "$work/full/Skills.csv" "$work/full/guide_messages.csv" "$work/none"
zip_of "$work/none.zip" "$work/none"
bad 'no file that is known' 'holds no file of a LinkedIn data archive' "$work/none.zip"
cp -r "$work/full" "$work/wrong"
printf 'a,b,c\n1,2,3\n' >"$work/wrong/messages.csv"
zip_of "$work/wrong.zip" "$work/wrong"
bad 'a table with another header' 'messages.csv: .*CONVERSATION ID' "$work/wrong.zip"
cp -r "$work/full" "$work/binary"
head -c 100000 /dev/urandom >"$work/binary/Connections.csv"
zip_of "$work/binary.zip" "$work/binary"
bad 'a table that is none' 'Connections.csv: ' "$work/binary.zip"
date=()
cp -r "$work/full" "$work/timeless"
zip_of "$work/timeless.zip" "$work/timeless"
is 'the tables are as they were' "$(content "$work/after")" "$tables"

# --- the database -----------------------------------------------------------------------
url=$SLUICE_DATABASE_URL
export SLUICE_DATABASE_URL=postgresql://sluice_app:p4ss-canary@127.0.0.1:1/none
refuse 'no database' 3 'connect' import linkedin "$work/good.zip" --user $mira
export SLUICE_DATABASE_URL=$url
imports 'and then it is imported' "$work/good.zip"
is 'messages' "$(live message)" 3
summary
