#!/usr/bin/env bash
# Builds a program in C and the model as a shared library in three levels of x64; the C library's loader takes the best that the processor has:
#
#   FOLDER/classify                                   the program
#   FOLDER/lib/libsentiment.so                        any x64 processor
#   FOLDER/lib/glibc-hwcaps/x86-64-v3/libsentiment.so AVX2
#   FOLDER/lib/glibc-hwcaps/x86-64-v4/libsentiment.so AVX-512
set -euo pipefail

if [ $# -ne 1 ]; then
  echo "usage: build.sh FOLDER" >&2
  exit 2
fi
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$1"
out=$(cd "$1" && pwd)
linker=()
command -v clang > /dev/null || linker=(-p:CppCompilerAndLinker=gcc)

# Builds one level into a folder of the library path. The compiler's own level is what it takes when nothing is named.
level() {
  local name=$1 target=$2
  rm -rf "$here/obj/Release/net10.0/linux-x64/native"
  dotnet publish "$here/QuantGen.Samples.Native.csproj" -c Release -r linux-x64 -p:IlcInstructionSet="$name" "${linker[@]}" -o "$out/publish" --nologo -v q
  mkdir -p "$target"
  mv "$out/publish/libsentiment.so" "$target/"
  rm -rf "$out/publish"
}

level x86-64 "$out/lib"
level x86-64-v3 "$out/lib/glibc-hwcaps/x86-64-v3"
level x86-64-v4 "$out/lib/glibc-hwcaps/x86-64-v4"
gcc -O2 -Wall -Wextra -Werror "$here/classify.c" -o "$out/classify" -L"$out/lib" -lsentiment -Wl,-rpath,'$ORIGIN/lib'
echo "built $out/classify"
