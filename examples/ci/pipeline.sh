#!/bin/sh
# For any other server: `pipeline.sh check` on a branch, `pipeline.sh publish` on main; and `pipeline.sh preview BRANCH`,
# with `pipeline.sh unpreview BRANCH` when the branch is gone.
# The environment holds CONFLUENCE_USERNAME and CONFLUENCE_API_TOKEN, or CONFLUENCE_PERSONAL_TOKEN.
set -eu
case "${1:-}" in
    check) confsync check ;;
    publish) confsync push --yes ;;
    preview) confsync push --yes --preview "${2:?a branch}" ;;
    unpreview) confsync push --yes --preview "${2:?a branch}" --remove ;;
    *) echo "usage: $0 check|publish|preview BRANCH|unpreview BRANCH" >&2; exit 2 ;;
esac
