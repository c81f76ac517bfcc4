#!/bin/sh
# svgelements 1.9.6: a style sheet counts only for what follows it, and a rule after @media is lost; x
# and y of a nested <svg> move what is in it only if it has a viewBox, and a symbol's viewBox is not
# fitted into the width and height of its <use>.
#
# CSS does not care where in an SVG its <style> stands, and a group rule like @media ends with its own
# bracket (CSS Syntax 3, 5.4.2). Here the same path with the same rule is blue when the sheet stands
# before it, unpainted when it stands after, and unpainted when the sheet has a group rule before.
# So lines are lost, or come back though they are hidden.
#
# SVG 2, 7.2 and 8.2: x and y place a nested viewport with or without a viewBox; and 5.6.1: a symbol
# that is used gets the <use>'s width and height, into which its viewBox is scaled. So the last three
# lines below should begin at 10,10 twice, and end at 50,50.
#
# Seen with Python 3.11:
#   before #0000ff
#   after None
#   after @media None
#   with viewBox M 10,10 L 20,20
#   without M 0,0 L 10,10
#   symbol M 0,0 L 10,10
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet svgelements==1.9.6
"$folder/venv/bin/python" - >"$folder/found" <<'PYTHON'
import io

import svgelements


def only_path(body, size=""):
    """Return the path of an SVG with this body."""
    file = f'<svg xmlns="http://www.w3.org/2000/svg"{size}>{body}</svg>'.encode()
    svg = svgelements.SVG.parse(io.BytesIO(file))
    (path,) = svg.select(lambda e: isinstance(e, svgelements.Path))
    return path


line = '<path class="a" d="M0 0L1 1"/>'
rule = ".a{stroke:blue}"
for what, body in (
    ("before", f"<style>{rule}</style>{line}"),
    ("after", f"{line}<style>{rule}</style>"),
    ("after @media", f"<style>@media print{{.b{{stroke:red}}}} {rule}</style>{line}"),
):
    print(what, only_path(body).stroke)

line = '<path d="M0 0L10 10" stroke="red"/>'
symbol = f'<defs><symbol id="s" viewBox="0 0 10 10">{line}</symbol></defs>'
for what, body in (
    ("with viewBox", f'<svg x="10" y="10" width="50" height="50" viewBox="0 0 50 50">{line}</svg>'),
    ("without", f'<svg x="10" y="10" width="50" height="50">{line}</svg>'),
    ("symbol", f'{symbol}<use href="#s" width="50" height="50"/>'),
):
    print(what, abs(only_path(body, ' width="99" height="99"')).d())
PYTHON
sed -n 's/^#   //p' "$0" | diff - "$folder/found"
