#!/bin/sh
# s3fs 2026.9.0, fsspec 2026.9.0: an error inside `with fs.open(url, "wb")` keeps what was written so far.
#
# S3 shows an object when all of it has come, so one may take a block that writes one for atomic: an error
# in it would leave nothing, or what was there before. But leaving the block closes the file, whatever the
# reason, and closing completes the upload: half a table replaces the whole one, and looks like one.
# In `with fs.transaction:` the upload is given up, and the old object stays.
#
# Seen with Python 3.11 (how it was written, and what is there after an error in the middle):
#   open old,n
#   transaction old,whole,table
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet s3fs==2026.9.0 fsspec==2026.9.0 moto==5.2.5 flask==3.1.3 flask-cors==6.0.5
AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test "$folder/venv/bin/python" - >"$folder/found" 2>"$folder/log" <<'PYTHON' || { cat "$folder/log"; exit 1; }
from contextlib import nullcontext

import s3fs
from moto.server import ThreadedMotoServer

server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
server.start()
host, port = server.get_host_and_port()
fs = s3fs.S3FileSystem(endpoint_url=f"http://{host}:{port}")
fs.mkdir("bucket")
for name, block in (("open", nullcontext()), ("transaction", fs.transaction)):
    fs.pipe("bucket/table", b"old,whole,table")
    try:
        with block, fs.open("bucket/table", "wb") as file:
            file.write(b"old,n")
            raise ValueError("a row that cannot be written")
    except ValueError:
        pass
    print(name, fs.cat("bucket/table").decode())
server.stop()
PYTHON
cat "$folder/found"
sed -n 's/^#   //p' "$0" | diff - "$folder/found"
