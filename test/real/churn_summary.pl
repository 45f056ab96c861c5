# Telco customer churn: 7,043 customers, their tenure in months and whether they left. What leaves,
# who and how much, and after how long, against the known figures, plain SQL and R.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('churn_summary');
$node->init;
$node->append_conf('postgresql.conf', 'fsync = off');
$node->start;

sub query { return $node->safe_psql('postgres', $_[0]) }

query("CREATE EXTENSION cxm;
	CREATE TABLE customer (customer_id integer, tenure_months integer, churned boolean,
		monthly_charges numeric, contract text, internet_service text, tech_support text,
		payment_method text, senior_citizen boolean);
	COPY customer FROM '$ENV{CXM_DATA}/telco_customers.csv' (FORMAT csv, HEADER)");

is( query(q{
		SELECT customers_at_start(s), lost_customers(s), round(100 * churn_rate(s)::numeric, 3),
			round(churn_lower(s)::numeric, 12), round(churn_upper(s)::numeric, 12)
		FROM (SELECT churn_agg(true, NOT churned) AS s FROM customer) t}),
	'7043|1869|26.537|0.255188112885|0.275807437489',
	'customers, lost ones, churn rate; interval as of prop.test(1869, 7043, correct = FALSE) of R');
is( query(q{
		SELECT mrr_start(s), -amount, mrr_end(s), customers, gross_revenue_churn(s) = 1 - grr(s)
			OR abs(gross_revenue_churn(s) - 1 + grr(s)) < 1e-15
		FROM (SELECT revenue_agg(monthly_charges, CASE WHEN NOT churned THEN monthly_charges END)
				AS s FROM customer) t, movements(s) WHERE movement = 'churned'}),
	'456116.6|139130.85|316985.75|1869|t', 'monthly charges, and those that are lost');

# Every segment that the columns make, against plain SQL.
my $segments = q{GROUP BY contract, internet_service, payment_method, senior_citizen};
is( query(qq{
		SELECT contract, internet_service, payment_method, senior_citizen,
			round(churn_rate(churn_agg(true, NOT churned))::numeric, 12),
			mrr_start(revenue_agg(monthly_charges, CASE WHEN NOT churned THEN monthly_charges END)),
			round(gross_revenue_churn(revenue_agg(monthly_charges,
				CASE WHEN NOT churned THEN monthly_charges END))::numeric, 12)
		FROM customer $segments ORDER BY 1, 2, 3, 4}),
	query(qq{
		SELECT contract, internet_service, payment_method, senior_citizen,
			round(avg(churned::integer), 12), trim_scale(sum(monthly_charges)),
			round(coalesce(sum(monthly_charges) FILTER (WHERE churned), 0)
				/ sum(monthly_charges), 12)
		FROM customer $segments ORDER BY 1, 2, 3, 4}),
	'every segment, against plain SQL');

# R 4.2.2, survival 3.5.3: summary(survfit(Surv(tenure_months, churned) ~ 1,
# conf.type = "log-log"), times = c(1, 12, 24, 48, 72))
is( query(q{
		SELECT string_agg(concat_ws(' ', t, at_risk, round(survival::numeric, 10),
			round(lower::numeric, 10), round(upper::numeric, 10)), E'\n' ORDER BY t)
		FROM (SELECT survival_agg(tenure_months, churned) AS s FROM customer) x, survival_curve(s)
		WHERE t IN (1, 12, 24, 48, 72)}),
	join("\n",
		'1 7032 0.9459613197 0.9404183713 0.9510021210',
		'12 4974 0.8431995538 0.8341686858 0.8517833207',
		'24 3927 0.7887363984 0.7783129555 0.7987352021',
		'48 2303 0.7088401843 0.6962450831 0.7210227332',
		'72 362 0.5927901521 0.5730628910 0.6119362092'),
	'the survival curve of R');

# The same by contract: print(survfit(...), rmean = 60), and survdiff() of each pair.
query('CREATE VIEW contract AS
	SELECT contract, survival_agg(tenure_months, churned) AS s FROM customer GROUP BY contract');
is( query(q{
		SELECT contract, events(s), median_survival(s), round(restricted_mean(s, 60)::numeric, 9),
			round(survival(s, 24)::numeric, 12)
		FROM contract ORDER BY contract}),
	join("\n",
		'Month-to-month|1655|35|33.502079070|0.585915473905',
		'One year|166||57.341631825|0.978272376428',
		'Two year|48||59.861847922|1.000000000000'),
	'survival by contract, of R');
is( query(q{
		SELECT a.contract, b.contract, round(statistic::numeric, 6), p_value
		FROM contract a JOIN contract b ON a.contract < b.contract, logrank_test(a.s, b.s)
		ORDER BY 1, 2}) =~ s/(e-\d+)$/$1/mgr =~ s/\|(\d\.\d{6})\d*(e-\d+)$/|$1$2/mgr,
	join("\n",
		'Month-to-month|One year|926.064559|2.117326e-203',
		'Month-to-month|Two year|1550.510307|0',
		'One year|Two year|256.217767|1.145448e-57'),
	'the log-rank tests of R');

# coxph(Surv(tenure_months, churned) ~ contract) of two contracts, by both ways to take ties; PHReg
# of statsmodels 0.15 has both, too, and CoxPHFitter of lifelines 0.30 has Efron's. And survdiff()
# of all three.
is( query(q{
		SELECT a.contract, b.contract, ties, round(ratio::numeric, 4), round(lower::numeric, 4),
			round(upper::numeric, 4)
		FROM contract a JOIN contract b ON a.contract < b.contract AND b.contract = 'Two year',
			unnest('{breslow,efron}'::text[]) ties, hazard_ratio(a.s, b.s, 0.95, ties)
		ORDER BY 1, 3 LIMIT 2}),
	join("\n",
		'Month-to-month|Two year|breslow|58.6839|42.9298|80.2193',
		'Month-to-month|Two year|efron|59.8474|43.7601|81.8488'),
	'the hazard ratio of R');
is( query('SELECT round(statistic::numeric, 8), degrees_of_freedom
		FROM logrank_test((SELECT array_agg(s) FROM contract))'),
	'2352.87253826|2', 'the log-rank test of three contracts of R');
is( query(q{
		SELECT string_agg(concat_ws(' ', horizon, round(restricted_mean(s, horizon)::numeric, 10),
			round(((restricted_mean_upper(s, horizon) - restricted_mean(s, horizon))
				/ 1.959963984540054)::numeric, 12)), ', ' ORDER BY horizon)
		FROM (SELECT sum(s) AS s FROM contract) x, unnest('{12,36,72}'::integer[]) horizon}),
	'12 10.7781481102 0.038141953555, 36 29.8043897118 0.148438419171, '
	  . '72 54.4923871067 0.347750015643',
	'restricted means with their errors, of R');

$node->stop;
done_testing();
