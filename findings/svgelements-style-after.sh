#!/bin/sh
# svgelements 1.9.6: a style sheet counts only for what follows it, and a rule after @media is lost.
#
# CSS does not care where in an SVG its <style> stands, and a group rule like @media ends with its own
# bracket (CSS Syntax 3, 5.4.2). Here the same path with the same rule is blue when the sheet stands
# before it, unpainted when it stands after, and unpainted when the sheet has a group rule before.
# So lines are lost, or come back though they are hidden.
#
# Seen with Python 3.11:
#   before #0000ff
#   after None
#   after @media None
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet svgelements==1.9.6
"$folder/venv/bin/python" - >"$folder/found" <<'PYTHON'
import io

import svgelements

line = '<path class="a" d="M0 0L1 1"/>'
rule = ".a{stroke:blue}"
for what, body in (
    ("before", f"<style>{rule}</style>{line}"),
    ("after", f"{line}<style>{rule}</style>"),
    ("after @media", f"<style>@media print{{.b{{stroke:red}}}} {rule}</style>{line}"),
):
    file = io.BytesIO(f'<svg xmlns="http://www.w3.org/2000/svg">{body}</svg>'.encode())
    (path,) = svgelements.SVG.parse(file).select(lambda e: isinstance(e, svgelements.Path))
    print(what, path.stroke)
PYTHON
sed -n 's/^#   //p' "$0" | diff - "$folder/found"
