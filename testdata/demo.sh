#!/bin/sh
# Sends the program itself, a hundred times over, from gnc connect to gnc listen on a free port, and compares checksums.
set -eu
gnc=$1
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
for _ in $(seq 100); do cat "$gnc"; done >"$dir/sent"
size=$(wc -c <"$dir/sent")

"$gnc" listen --port-file "$dir/port" 127.0.0.1 0 >"$dir/received" &
while [ ! -e "$dir/port" ]; do sleep 0.01; done
port=$(cat "$dir/port")
echo "gnc listen is ready on port $port; sending $size bytes"

begin=$(date +%s%N)
"$gnc" connect 127.0.0.1 "$port" <"$dir/sent"
wait $!
end=$(date +%s%N)

for file in sent received; do
    printf '%-9s %s\n' "$file" "$(cksum <"$dir/$file")"
done
cmp "$dir/sent" "$dir/received"
echo "identical; $((size * 1000 / (end - begin))) MB/s"
