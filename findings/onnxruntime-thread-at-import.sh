#!/bin/sh
# ONNX Runtime 1.32.0: on Linux, `import onnxruntime` starts a thread, unless telemetry is off before.
#
# Nothing is loaded or run yet. The thread reports to the library's maker, and a process that imports
# first and forks then (a server with workers) has it in the parent alone.
# With `ORT_DISABLE_TELEMETRY=1` in the environment before the import there is none.
#
# Seen with Python 3.11 (by how many threads a process with ORT_DISABLE_TELEMETRY has fewer):
#   1
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet onnxruntime==1.32.0 numpy==2.4.6
threads() {
    OPENBLAS_NUM_THREADS=1 "$folder/venv/bin/python" -c '
import os, time
import onnxruntime
time.sleep(1)
print(len(os.listdir("/proc/self/task")))'
}
with=$(unset ORT_DISABLE_TELEMETRY; threads)
without=$(export ORT_DISABLE_TELEMETRY=1; threads)
echo $((with - without)) | tee "$folder/found"
sed -n 's/^#   //p' "$0" | diff - "$folder/found"
