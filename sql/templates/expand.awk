# Makes the install script:  awk -f expand.awk TEMPLATES CONCEPTS >cxm--VERSION.sql
# and the update to it:      awk -v from=OLD -f expand.awk TEMPLATES CONCEPTS >cxm--OLD--VERSION.sql
#
# An update makes every function and aggregate or replaces it, which PostgreSQL refuses where it is
# not the extension's, and says every comment again. Of all other statements (types, operators,
# casts) it has those that stand below a later @since than OLD.
#
# It reads SQL, which comes out as it is, but for lines that begin with @:
#
#	@template NAME            The lines up to @end come out wherever NAME is used.
#	@NAME COLUMN | COLUMN     A table. Each row, up to an empty line, comes out as the template
#	                          NAME with the cells of the row in the place of @COLUMN@. A row goes
#	                          on in lines that begin with a tab.
#	@NAME                     The template once, without a row; also within another template.
#	@set COLUMN = VALUE       What an empty or missing cell means, up to the end of the file.
#	@default COLUMN = VALUE   What it means where no @set says so, in all files.
#	@since VERSION            The release that brought what follows, up to the end of the file or
#	                          the next @since.
#	@-- TEXT                  A comment that does not come out.
#
# Braces make one row stand for several that differ in some places:
# f({smallint, integer}) | f_{int2, int4} are the rows f(smallint) | f_int2 and f(integer) | f_int4.
#
# A cell "signature", say f(a integer, VARIADIC b text[] DEFAULT NULL), is taken apart into @name@
# (f), @arguments@ (what is in parentheses) and @types@ (integer, VARIADIC text[]).
#
# A line of a template that begins with ?COLUMN is left out where COLUMN is empty. Lines of more
# than 100 columns are broken, and of empty lines only the first comes out.

FNR == 1 { end_table(); split("", value); since = "" }
template != "" && /^@end$/ { template = ""; next }
template != "" { body[template] = body[template] $0 "\n"; next }
/^@-- / { next }
/^@template / { template = $2; body[template] = ""; next }
/^@(set|default) / { end_table(); assign(); next }
/^@since / { end_table(); since = $2; next }
/^@/ { end_table(); begin_table(); next }
table != "" && /^\t/ { row = row " " substr($0, 2); next }
table != "" && /./ { end_row(); row = $0; next }
{ end_table(); say($0) }
END { if (!failed) end_table() }

function fail(message)
{
	failed = 1
	print FILENAME ":" FNR ": " message | "cat 1>&2"
	close("cat 1>&2")
	exit 1
}

function trim(text) { gsub(/^[ \t]+|[ \t]+$/, "", text); return text }

function assign(  text)
{
	text = trim(substr($0, index($0, "=") + 1))
	if ($1 == "@set")
		value[$2] = text
	else
		common[$2] = text
}

function begin_table(  i)
{
	table = substr($1, 2)
	rows = 0
	columns = split(substr($0, length($1) + 1), column, /[|]/)
	for (i = 1; i <= columns; i++)
		column[i] = trim(column[i])
	if (columns == 0)
		end_table()
}

function end_table()
{
	if (table != "" && columns == 0)
		expand(table)
	else if (table != "")
		end_row()
	table = ""
}

function end_row(  i, cells)
{
	choices = 1
	for (i = 1; row != "" && i <= choices; i++)
	{
		split("", cell)
		cells = split(choose(row, i), part, /[|]/)
		if (cells > columns)
			fail("the row before this line has more cells than columns")
		for (; cells > 0; cells--)
			cell[column[cells]] = trim(part[cells])
		if (cell["signature"] != "")
			take_apart(fill(cell["signature"]))
		if (rows++ > 0)
			put("")
		expand(table)
	}
	split("", cell)
	row = ""
}

# The text with the i-th alternative in the place of every pair of braces.
function choose(text, i,  done, n)
{
	for (; match(text, /[{][^}]*[}]/); text = substr(text, RSTART + RLENGTH))
	{
		n = split(substr(text, RSTART + 1, RLENGTH - 2), part, /,/)
		if (choices > 1 && n != choices)
			fail("pairs of braces differ in how many alternatives they have")
		choices = n
		done = done substr(text, 1, RSTART - 1) trim(part[i])
	}
	return done text
}

function take_apart(signature,  at, i, n, types)
{
	at = index(signature, "(")
	cell["name"] = substr(signature, 1, at - 1)
	cell["arguments"] = substr(signature, at + 1, length(signature) - at - 1)
	n = split(cell["arguments"], part, /, */)
	for (i = 1; i <= n; i++)
	{
		sub(/ DEFAULT .*/, "", part[i])
		if (part[i] ~ /^VARIADIC /)
			sub(/^VARIADIC [^ ]+/, "VARIADIC", part[i])
		else
			sub(/^[^ ]+ /, "", part[i])
		types = types (i > 1 ? ", " : "") part[i]
	}
	cell["types"] = types
}

function expand(name,  i, n, line, lines)
{
	if (!(name in body))
		fail("there is no template " name)
	n = split(body[name], lines, "\n") - 1
	for (i = 1; i <= n; i++)
	{
		line = lines[i]
		if (line ~ /^\?/)
		{
			match(line, /^\?[a-z_]+/)
			if (content(substr(line, 2, RLENGTH - 1)) == "")
				continue
			line = substr(line, RLENGTH + 1)
		}
		if (line ~ /^@[a-z_]+$/)
			expand(substr(line, 2))
		else
			say(fill(line))
	}
}

# A line that comes out, unless it belongs to a statement that an update cannot repeat.
function say(line)
{
	if (from != "")
	{
		if (!in_statement)
			wanted = line !~ /^CREATE / || line ~ /^CREATE (FUNCTION|AGGREGATE) / || is_later(since)
		if (line ~ /^CREATE (FUNCTION|AGGREGATE) /)
			sub(/ /, " OR REPLACE ", line)
		if (line != "")
			in_statement = line !~ /;$/ && line !~ /^--/
	}
	if (from == "" || wanted)
		fold(line)
}

function is_later(version,  a, b, i)
{
	split(version, a, ".")
	split(from, b, ".")
	for (i = 1; i < 3 && a[i] + 0 == b[i] + 0; i++)
		continue
	return a[i] + 0 > b[i] + 0
}

function content(name)
{
	if (cell[name] != "")
		return cell[name]
	if (name in value)
		return value[name]
	if (!(name in common))
		fail("nothing is said about " name)
	return common[name]
}

# What stands for a placeholder may have placeholders itself.
function fill(line,  done, name)
{
	for (done = ""; match(line, /@[a-z_0-9]+@/); )
	{
		name = substr(line, RSTART + 1, RLENGTH - 2)
		done = done substr(line, 1, RSTART - 1)
		line = content(name) substr(line, RSTART + RLENGTH)
	}
	return done line
}

# Breaks a line before RETURNS or after a comma, and a literal after a blank: 'one ' 'two'. A tab is
# as wide as four blanks.
function fold(line,  tabs, end, at, literal)
{
	literal = line ~ /^\t'/
	for (;;)
	{
		tabs = line
		end = 100 - 3 * gsub(/\t/, "", tabs)
		if (length(line) <= end)
			break
		at = index(line, " RETURNS ")
		if (literal || at == 0 || at > end)
			for (at = end - literal; at > 0; at--)
				if (substr(line, at, 1) == " " && (literal || substr(line, at - 1, 1) == ","))
					break
		if (at <= 0)
			break
		put(literal ? substr(line, 1, at) "'" : substr(line, 1, at - 1))
		line = (literal ? "\t'" : "\t\t") substr(line, at + 1)
	}
	put(line)
}

function put(line)
{
	if (line != "" || last_line != "")
		print line
	last_line = line
}
