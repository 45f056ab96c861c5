# Labels of stages in databases of other encodings than UTF8.
use strict;
use warnings;
use utf8;
use Encode;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('encodings');
$node->init;
$node->append_conf('postgresql.conf', 'fsync = off');
$node->start;

# The client speaks UTF-8, whatever the database is in, or bytes as they are.
my $client = 'UTF8';

sub ask
{
	my ($database, $query) = @_;
	my ($status, $output, $error) =
	  $node->psql($database, encode_utf8("SET client_encoding = '$client'; $query"));
	return decode_utf8($error) if $status;
	return $client eq 'UTF8' ? decode_utf8($output) : $output;
}

sub make_database
{
	my ($encoding) = @_;
	my $name = lc $encoding;
	$node->safe_psql('postgres', "CREATE DATABASE $name ENCODING '$encoding'
		LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0");
	$node->safe_psql($name, 'CREATE EXTENSION cxm; CREATE TABLE kept (s journey_stage,
		j customer_journey, f funnel_summary, w flow_summary)');
	return $name;
}

my %label = (latin1 => 'école', euc_jp => '試用', utf8 => 'परीक्षण');
my $events = q{(VALUES (timestamptz '2025-01-01Z', journey_stage 'purchase'),
	('2025-01-02Z', '250:%1$s'), ('2025-01-03Z', '0:x')) v (at, stage)};
my $file = PostgreSQL::Test::Utils::tempdir . '/kept';

for my $database (map { make_database($_) } qw(UTF8 LATIN1 EUC_JP))
{
	my $label = $label{$database};

	is(ask($database, "SELECT '250:$label'::journey_stage"), "250:$label",
		"$database: a stage is what it was");
	is(ask($database, "SELECT octet_length(stage_label('250:$label'))"),
		length(encode({ utf8 => 'UTF-8', latin1 => 'iso-8859-1', euc_jp => 'euc-jp' }->{$database},
				$label)),
		"$database: a label is in the encoding of the database");
	is(ask($database, sprintf "SELECT stage_path(journey_agg(at, stage)) FROM $events", $label),
		"purchase > $label > x", "$database: a journey has the label");
	is(ask($database, sprintf "SELECT bool_and(j::text::customer_journey = j
				AND j::jsonb::customer_journey = j AND funnel_level(j, '{purchase,$label}') = 2)
			FROM (SELECT journey_agg(at, stage) AS j FROM $events) t", $label),
		't', "$database: text and funnels have it");

	# binary values are in the encoding of the client
	ask($database, sprintf "INSERT INTO kept
			SELECT '250:$label', j, funnel_agg(j, '{$label,x}', '1 day'), flow_agg(j)
			FROM (SELECT journey_agg(at, stage) AS j FROM $events) t GROUP BY j;
		COPY kept TO '$file.$database' (FORMAT binary)", $label);
	is(ask('utf8', "TRUNCATE kept; COPY kept FROM '$file.$database' (FORMAT binary);
			SELECT format('%s|%s|%s|%s', s, stage_path(j), (SELECT string_agg(stage, ',')
				FROM funnel(f)), (SELECT string_agg(stage, ',') FROM journey_map(w))) FROM kept"),
		"250:$label|purchase > $label > x|$label,x|x,$label,purchase",
		"$database: binary values come over to UTF8");
}

# 255 bytes, whatever characters those are
is(ask('latin1',
		"SELECT stage_label(('1:' || repeat('é', 255))::journey_stage) = repeat('é', 255)"),
	't', 'LATIN1: 255 characters of one byte');
is(ask('euc_jp', "SELECT stage_label(('1:' || repeat('試', 127) || 'x')::journey_stage)
		= repeat('試', 127) || 'x'"), 't', 'EUC_JP: 127 characters of two bytes and one');
like(ask('latin1', "SELECT ('1:' || repeat('é', 256))::journey_stage"),
	qr/label of a journey stage is too long: "é{255}\.\.\."\n.*256 bytes/,
	'LATIN1: 256 are too many');
like(ask('euc_jp', "SELECT ('1:' || repeat('試', 128))::journey_stage"),
	qr/too long: "試{127}\.\.\."\n.*256 bytes/, 'EUC_JP: the message ends with a whole character');
is(ask('euc_jp', "SELECT string_agg(s::text, ' ' ORDER BY s)
		FROM unnest('{1:試用,1:利用,0:x}'::journey_stage[]) s"),
	join(' ', '0:x', sort { encode('euc-jp', $a) cmp encode('euc-jp', $b) } '1:試用', '1:利用'),
	'EUC_JP: the order is that of the bytes');

# what the encoding does not have
for my $database (qw(latin1 euc_jp))
{
	for my $language (qw(hi ne))
	{
		like(ask($database, "SELECT stage_label('purchase', '$language')"),
			qr/character with byte sequence 0xe0 0xa4 0x96 in encoding "UTF8" has no equivalent/,
			"$database: there is no label in language $language, and that is said");
	}
	is(ask($database, "SELECT stage_label('purchase', 'en')"), 'purchase', "$database: English");
	like(ask($database, "COPY kept FROM '$file.utf8' (FORMAT binary)"), qr/has no equivalent/,
		"$database: a binary label that it lacks is refused");
	is(ask($database, 'SELECT count(*) FROM kept'), '1', "$database: and nothing is left of it");
}

# no encoding at all: bytes come out as they went in
my $ascii = make_database('SQL_ASCII');
$client = 'SQL_ASCII';
is(decode_utf8(ask($ascii,
			"SELECT '1:परीक्षण'::journey_stage, stage_label('purchase', 'hi')")),
	'1:परीक्षण|खरीद', 'SQL_ASCII: bytes as they are');
is(ask($ascii, q{SELECT stage_label(E'1:\351cole'::journey_stage) = E'\351cole',
		length(stage_path(journey_agg(now(), E'\351\350')))}),
	't|2', 'SQL_ASCII: bytes of any kind');
$client = 'UTF8';

$node->stop;
done_testing();
