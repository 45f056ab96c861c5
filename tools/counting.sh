# shellcheck shell=bash
# To be sourced by what runs several parts and adds up what they count.

passed=0
failed=0
summary=()
part_log=$(mktemp)
trap 'rm -f "$part_log"' EXIT

# count NAME COMMAND...: takes in the line "N passed, N failed" that the command closes with. Status
# 77 says that it cannot run here, and its last line why. A warning is a failure. What failed is
# named below the part's counts.
count() {
	local name=$1 status=0 counts
	echo "== $name"
	"${@:2}" </dev/null 2>&1 | tee "$part_log" || status=$?
	if [ "$status" -eq 77 ]; then
		summary+=("$name: skipped: $(tail -n 1 "$part_log")")
		return
	fi
	counts=$(grep -E '^[0-9]+ passed, [0-9]+ failed$' "$part_log" | tail -n 1 || true)
	counts=${counts:-0 passed, 1 failed}
	! grep -qi 'warning:' "$part_log" || status=1
	[ "$status" -eq 0 ] || counts=${counts/, 0 failed/, 1 failed}
	summary+=("$name: $counts")
	mapfile -t -O ${#summary[@]} summary < <(grep -E '^failed: ' "$part_log" | sed 's/^/  /')
	passed=$((passed + ${counts%% *}))
	failed=$((failed + $(cut -d ' ' -f 3 <<<"$counts")))
}

# What ran, with its counts, and last the sum: "N passed, N failed".
close_counts() {
	printf '%s\n' "${summary[@]}" "$passed passed, $failed failed"
	[ "$failed" -eq 0 ]
}
