#!/bin/sh
# For any other server: `pipeline.sh check` on a branch, `pipeline.sh publish` on main.
# The environment holds CONFLUENCE_USERNAME and CONFLUENCE_API_TOKEN, or CONFLUENCE_PERSONAL_TOKEN.
set -eu
case "${1:-}" in
    check) confsync check ;;
    publish) confsync push --yes ;;
    *) echo "usage: $0 check|publish" >&2; exit 2 ;;
esac
