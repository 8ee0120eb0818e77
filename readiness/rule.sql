-- The readiness rule (docs/readiness.md), as one statement: any number of days, by the knowledge of one moment, `known`.
-- Ranks: 7 nonconforming, 6 failing, 5 missing, 4 lapsed, 3 unknown, 2 in review, 1 demonstrated, 0 excluded.
-- Only what was recorded at or before `known` is ever looked at. The cost follows the cells in scope, not the evidence.
WITH
-- What stands on a day is what stood on the last day on which that could change (`stages`); forecasts share theirs.
points(point, on_day, stage) AS (VALUES {points}),
stages(stage, on_day) AS (VALUES {stages}),

-- Evidence whose last represented day is `since` or later has not reached its renewal on that day.
renewals(point, renewal, since) AS (VALUES {renewals}),

-- ── What is asked ───────────────────────────────────────────────────────────────────────────────────────────────────
requirement AS MATERIALIZED (  -- the definition known then; `about`: only systems with this attribute
  SELECT r.id, r.key, r.measure, r.control, r.kind, r.scope, r.review, r.renewal, r.team,
         CASE WHEN r.scope = 'organisation' THEN '' ELSE COALESCE(r.applies_to, '') END AS about
  FROM evidence_requirement r
  WHERE r.recorded_at <= :known AND NOT r.retired {only_requirements}
    AND NOT EXISTS (SELECT 1 FROM evidence_requirement later WHERE later.key = r.key
                    AND later.recorded_at > r.recorded_at AND later.recorded_at <= :known)
),
in_scope AS MATERIALIZED (  -- each period stands by itself; its latest version counts
  SELECT p.point, s.id, s.system, s.target
  FROM scope_period s JOIN points p ON s.first_day <= p.on_day AND (s.last_day IS NULL OR s.last_day >= p.on_day)
  WHERE s.recorded_at <= :known
    AND NOT EXISTS (SELECT 1 FROM scope_period later WHERE later.key = s.key
                    AND later.recorded_at > s.recorded_at AND later.recorded_at <= :known)
),
systems AS MATERIALIZED (  -- once for all requirements, and once for each attribute that it has
  SELECT point, system, '' AS about FROM in_scope WHERE target = '' {only_systems}
  UNION
  SELECT i.point, i.system, a.attribute
  FROM in_scope i JOIN scope_attribute a ON a.period = i.id WHERE i.target = '' {only_systems}
),
targets AS MATERIALIZED (SELECT DISTINCT point, system, target FROM in_scope WHERE target <> ''),
places AS MATERIALIZED (  -- where it is asked, by the day; a target counts only while its system is in scope
  SELECT point, scope, about, system, target,
         DENSE_RANK() OVER (ORDER BY scope, about, system, target) AS place
  FROM (
    SELECT point, 'organisation' AS scope, '' AS about, '' AS system, '' AS target FROM points
    UNION ALL
    SELECT point, 'system', about, system, '' FROM systems
    UNION ALL  -- a system without targets is its own target
    SELECT s.point, 'target', s.about, s.system, COALESCE(t.target, '')
    FROM systems s LEFT JOIN targets t ON t.point = s.point AND t.system = s.system
  ) every
),
cells AS MATERIALIZED (  -- requirement × place; `cell` is null while nothing was ever said of it
  SELECT r.id AS requirement, r.kind, r.review, p.place, p.system, p.target, d.id AS cell
  FROM requirement r
  JOIN (SELECT DISTINCT place, scope, about, system, target FROM places) p ON p.scope = r.scope AND p.about = r.about
  LEFT JOIN cell d ON d.requirement = r.key AND d.system = p.system AND d.target = p.target
),

-- ── What shows it ───────────────────────────────────────────────────────────────────────────────────────────────────
lines AS (  -- the series of each cell; `plain`: its newest counts, since nothing of it was ever reviewed, closed, judged again or held
  SELECT t.stage, t.on_day, c.requirement, c.place, c.kind, c.review, s.id AS series,
         c.review = 'automatic' AND (s.first_word_at IS NULL OR s.first_word_at > :known) AS plain
  FROM cells c JOIN series s ON s.cell = c.cell CROSS JOIN stages t
),
standing AS MATERIALIZED (  -- … and the newest effective of each, if any
  SELECT l.stage, l.requirement, l.place, l.series, l.plain, e.id AS coverage, e.evidence, e.fails, e.last_day, e.explicit_end
  FROM lines l LEFT JOIN {newest}
  {ongoing}
),

-- ── Who needs it ────────────────────────────────────────────────────────────────────────────────────────────────────
followed AS MATERIALIZED (  -- the catalogues that the organisation answered to then
  SELECT key FROM catalogue WHERE followed_at <= :known AND (left_at IS NULL OR left_at > :known)
),
relation AS MATERIALIZED (  -- crosswalk rows known then, between followed catalogues
  SELECT x.from_control, x.to_control, x.relation
  FROM crosswalk x
  JOIN control a ON a.key = x.from_control JOIN followed k ON k.key = a.catalogue
  JOIN control b ON b.key = x.to_control JOIN followed l ON l.key = b.catalogue
  WHERE x.recorded_at <= :known
    AND NOT EXISTS (SELECT 1 FROM crosswalk later
                    WHERE later.from_control = x.from_control AND later.to_control = x.to_control
                      AND later.recorded_at > x.recorded_at AND later.recorded_at <= :known)
),
present AS MATERIALIZED (
  SELECT c.key, c.catalogue, c.kind FROM control c JOIN followed k ON k.key = c.catalogue WHERE c.retired_at IS NULL OR c.retired_at > :known
),
reach AS MATERIALIZED (  -- a control, itself and what it takes over: equals (`same`) or contains
  SELECT key AS control, key AS taken, 1 AS same FROM present
  UNION SELECT from_control, to_control, 1 FROM relation WHERE relation = 'equal'
  UNION SELECT to_control, from_control, 1 FROM relation WHERE relation = 'equal'
  UNION SELECT from_control, to_control, 0 FROM relation WHERE relation = 'superset'
  UNION SELECT to_control, from_control, 0 FROM relation WHERE relation = 'subset'
),
primary_mapping AS MATERIALIZED (  -- reviewed then, and not ended
  SELECT m.measure, m.control FROM mapping m
  WHERE m.relation = 'primary' AND m.reviewed_at <= :known AND (m.ended_at IS NULL OR m.ended_at > :known)
),
needed AS MATERIALIZED (  -- requirement → the controls that need it
  SELECT r.id AS requirement, h.control
  FROM requirement r
  JOIN primary_mapping m ON m.measure = r.measure
  JOIN reach h ON h.taken = m.control
  UNION
  SELECT r.id, h.control FROM requirement r JOIN reach h ON h.taken = r.control
),
excluded AS MATERIALIZED (  -- by the Statement of Applicability in force that day; never a requirement clause
  SELECT p.point, c.key AS control
  FROM present c CROSS JOIN points p
  WHERE c.kind <> 'clause' AND NOT COALESCE((
    SELECT a.applicable FROM applicability a
    WHERE a.control = c.key AND a.recorded_at <= :known AND a.in_force <= p.on_day
    ORDER BY a.in_force DESC, a.recorded_at DESC LIMIT 1), TRUE)
),
needless AS MATERIALIZED (  -- requirements that only excluded controls need
  SELECT x.point, n.requirement
  FROM needed n JOIN excluded x ON x.control = n.control
  GROUP BY x.point, n.requirement
  HAVING COUNT(*) = (SELECT COUNT(*) FROM needed every WHERE every.requirement = n.requirement)
),

-- ── Cells ───────────────────────────────────────────────────────────────────────────────────────────────────────────
due AS MATERIALIZED (  -- a requirement on a day
  SELECT p.point, p.on_day, p.stage, r.id AS requirement, r.kind, r.review, n.since,
         CASE WHEN z.requirement IS NULL THEN 0 ELSE 1 END AS needless
  FROM points p CROSS JOIN requirement r
  JOIN renewals n ON n.point = p.point AND n.renewal = r.renewal
  LEFT JOIN needless z ON z.point = p.point AND z.requirement = r.id
),
weighed AS (  -- per series: 4 a fail that holds, 3 something valid, 2 something valid that waits for its review, 1 lapsed
  SELECT d.point, d.on_day, d.requirement, s.place, s.series, s.coverage, s.evidence, s.fails, s.last_day, s.explicit_end,
         CASE WHEN {holds} THEN 4 WHEN {valid} THEN 3 WHEN {waits} THEN 2 WHEN s.coverage IS NOT NULL THEN 1 END AS says
  FROM due d JOIN standing s ON s.stage = d.stage AND s.requirement = d.requirement
),
shown AS (  -- per cell
  SELECT point, requirement, place, MAX(says) AS says, MAX(fails) AS fails
  FROM weighed GROUP BY point, requirement, place
),
cell_status AS MATERIALIZED (
  SELECT d.point, d.requirement, c.place, c.system, c.target,
    CASE WHEN d.needless = 1 THEN 0
         ELSE CASE s.says WHEN 4 THEN 6 WHEN 3 THEN 1 WHEN 2 THEN 2 WHEN 1 THEN 4 ELSE 5 END END AS status,
    CASE WHEN d.needless = 0 AND s.says = 3 THEN s.fails ELSE 0 END AS excepted  -- with a fail that does not hold
  FROM due d
  JOIN cells c ON c.requirement = d.requirement
  JOIN places a ON a.point = d.point AND a.place = c.place
  LEFT JOIN shown s ON s.point = d.point AND s.requirement = d.requirement AND s.place = c.place
),
proof AS MATERIALIZED (  -- a requirement: the worst of its cells; without any cell it counts as one
  SELECT d.point, d.requirement, r.measure, r.control, COALESCE(c.excepted, 0) AS excepted,
    CASE WHEN c.status IS NOT NULL THEN c.status
         WHEN d.needless = 1 THEN 0
         WHEN r.about <> '' AND EXISTS (SELECT 1 FROM systems s WHERE s.point = d.point) THEN 0
         ELSE 3 END AS status
  FROM due d JOIN requirement r ON r.id = d.requirement
  LEFT JOIN (SELECT point, requirement, MAX(status) AS status, MAX(excepted) AS excepted
             FROM cell_status GROUP BY point, requirement) c ON c.point = d.point AND c.requirement = d.requirement
),

-- ── Measures ────────────────────────────────────────────────────────────────────────────────────────────────────────
measure_status AS MATERIALIZED (  -- the worst; excluded only if all is
  SELECT p.point, m.key AS measure, COALESCE(MAX(k.status), 3) AS status, COALESCE(MAX(k.excepted), 0) AS excepted
  FROM points p
  JOIN measure m ON m.retired_at IS NULL OR m.retired_at > :known
  LEFT JOIN proof k ON k.point = p.point AND k.measure = m.key
  GROUP BY p.point, m.key
),

-- ── Controls ────────────────────────────────────────────────────────────────────────────────────────────────────────
part AS (  -- what a control rests on: its primary measures and own requirements, taken-over ones included
  SELECT s.point, h.control, h.same, s.status, s.excepted
  FROM reach h
  JOIN primary_mapping m ON m.control = h.taken
  JOIN measure_status s ON s.measure = m.measure
  UNION ALL
  SELECT k.point, h.control, h.same, k.status, k.excepted
  FROM reach h JOIN proof k ON k.control = h.taken
),
rest AS MATERIALIZED (
  SELECT point, control, MAX(same) AS own, MAX(status) AS worst, MAX(CASE WHEN status > 0 THEN excepted ELSE 0 END) AS excepted
  FROM part GROUP BY point, control
),
nonconforming AS MATERIALIZED (
  SELECT DISTINCT p.point, h.control
  FROM reach h
  JOIN nonconformity f ON f.control = h.taken AND f.grade = 'major' AND f.recorded_at <= :known
  JOIN points p ON f.first_day <= p.on_day
               AND (f.closed_recorded_at IS NULL OR f.closed_recorded_at > :known OR f.closed_day > p.on_day)
),
control_status AS (
  SELECT p.point, c.key AS control, c.catalogue,
    CASE
      WHEN f.control IS NOT NULL THEN 7
      WHEN x.control IS NOT NULL THEN 0
      WHEN COALESCE(r.worst, 0) = 0 THEN 3           -- nothing of that kind
      WHEN r.own = 0 AND r.worst < 3 THEN 3          -- more than what it contains, and nobody said how the rest is shown
      ELSE r.worst
    END AS status,
    COALESCE(r.excepted, 0) AS excepted
  FROM points p CROSS JOIN present c
  LEFT JOIN nonconforming f ON f.point = p.point AND f.control = c.key
  LEFT JOIN excluded x ON x.point = p.point AND x.control = c.key
  LEFT JOIN rest r ON r.point = p.point AND r.control = c.key
)
{answer}
