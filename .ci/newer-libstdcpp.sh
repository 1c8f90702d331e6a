#!/usr/bin/env bash
# Usage: .ci/newer-libstdcpp.sh FOLDER, then LD_LIBRARY_PATH=FOLDER.
# TorchSharp's native library is linked against GCC 13's C++ library: it asks for the symbol version GLIBCXX_3.4.32, of which it uses one marker that <iostream> leaves in every
# program and that does nothing when called. Systems with GCC 11 or 12 (Ubuntu 22.04, Debian 12) lack only that. This makes a libstdc++.so.6 that defines the marker and the
# version names, and hands everything else on to the system's own. Where the system's is new enough, nothing is made.
set -euo pipefail
folder=${1:?usage: newer-libstdcpp.sh FOLDER}
if ! command -v gcc > /dev/null || ! command -v readelf > /dev/null; then
  apt-get -qq update > /dev/null && apt-get -qq install -y gcc binutils > /dev/null
fi
if ! command -v gcc > /dev/null; then echo "newer-libstdcpp.sh: gcc is needed, and could not be installed" >&2; exit 1; fi
system=$(readlink -f "$(ldconfig -p | awk '/libstdc\+\+\.so\.6 .*x86-64/ {print $NF; exit}')")
marker=_ZSt21ios_base_library_initv
if readelf --dyn-syms --wide "$system" | grep -q "$marker"; then exit 0; fi
mkdir -p "$folder"
cd "$folder"
# Every version that the system's library defines, so that programs that ask for one find it here, and the two that are missing.
readelf --version-info --wide "$system" | awk '/Version definition/ {in_definitions = 1} /Version needs/ {in_definitions = 0} in_definitions' \
  | grep -oE '(GLIBCXX|CXXABI)_[A-Za-z0-9_.]+' | sort -u | sed 's/$/ {};/' > names.map
printf 'GLIBCXX_3.4.31 {};\nGLIBCXX_3.4.32 { %s; };\n' "$marker" >> names.map
printf 'void %s(void) {}\n' "$marker" > marker.c
# Linked against a stand-in whose name is the path of the real library, which the loader then opens.
gcc -shared -fPIC -x c /dev/null -o stand-in.so -Wl,-soname,"$system"
gcc -shared -fPIC marker.c -o libstdc++.so.6 -Wl,-soname,libstdc++.so.6 -Wl,--version-script=names.map -Wl,--no-as-needed ./stand-in.so
rm -f marker.c names.map stand-in.so
