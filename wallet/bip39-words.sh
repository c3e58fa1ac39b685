#!/bin/sh
# usage: bip39-words.sh LIST > HEADER: the word list as a C array.
set -eu
echo '#pragma once'
echo
echo 'static const char *const tc_bip39_words[] = {'
sed 's/.*/  "&",/' "$1"
echo '};'
