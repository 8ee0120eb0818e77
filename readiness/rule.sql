-- The readiness rule (docs/readiness.md), as one statement for any number of points (a day, and whose knowledge of it).
-- Ranks: 7 nonconforming, 6 failing, 5 missing, 4 lapsed, 3 unknown, 2 in review, 1 demonstrated, 0 excluded.
-- Only what was recorded at or before `known` is ever looked at. The cost follows the cells in scope, not the evidence.
WITH
points(point, on_day, known, known_day) AS (VALUES {points}),

-- Evidence whose last represented day is `since` or later has not reached its renewal on that day.
renewals(point, renewal, since) AS (VALUES {renewals}),

-- ── What is asked ───────────────────────────────────────────────────────────────────────────────────────────────────
requirement AS MATERIALIZED (  -- the definition known then
  SELECT p.point, p.on_day, p.known, p.known_day, r.key, r.measure, r.control, r.kind, r.scope, r.applies_to, r.review,
         r.renewal, n.since
  FROM points p
  JOIN evidence_requirement r ON r.recorded_at <= p.known
  JOIN renewals n ON n.point = p.point AND n.renewal = r.renewal
  WHERE NOT r.retired {only_requirements}
    AND NOT EXISTS (SELECT 1 FROM evidence_requirement later WHERE later.key = r.key
                    AND later.recorded_at > r.recorded_at AND later.recorded_at <= p.known)
),
in_scope AS MATERIALIZED (  -- each period stands by itself; its latest version counts
  SELECT p.point, s.id, s.system, s.target
  FROM points p
  JOIN scope_period s ON s.recorded_at <= p.known AND s.first_day <= p.on_day
                     AND (s.last_day IS NULL OR s.last_day >= p.on_day)
  WHERE NOT EXISTS (SELECT 1 FROM scope_period later WHERE later.key = s.key
                    AND later.recorded_at > s.recorded_at AND later.recorded_at <= p.known)
),
systems AS MATERIALIZED (
  SELECT DISTINCT point, system FROM in_scope WHERE target = '' {only_systems}
),
targets AS MATERIALIZED (  -- a target counts only while its system is in scope
  SELECT DISTINCT t.point, t.system, t.target
  FROM in_scope t JOIN systems s ON s.point = t.point AND s.system = t.system
  WHERE t.target <> ''
),
asked AS (  -- requirement × system, where the system has the attribute that the requirement is about
  SELECT r.*, s.system
  FROM requirement r JOIN systems s ON s.point = r.point
  WHERE r.scope <> 'organisation'
    AND (r.applies_to IS NULL
         OR EXISTS (SELECT 1 FROM in_scope i JOIN scope_attribute a ON a.period = i.id
                    WHERE i.point = s.point AND i.system = s.system AND i.target = '' AND a.attribute = r.applies_to))
),
named AS (  -- a system without targets is its own target
  SELECT r.*, '' AS system, '' AS target FROM requirement r WHERE r.scope = 'organisation'
  UNION ALL
  SELECT a.*, '' FROM asked a
  WHERE a.scope = 'system'
     OR NOT EXISTS (SELECT 1 FROM targets t WHERE t.point = a.point AND t.system = a.system)
  UNION ALL
  SELECT a.*, t.target
  FROM asked a JOIN targets t ON t.point = a.point AND t.system = a.system
  WHERE a.scope = 'target'
),
cells AS MATERIALIZED (  -- `cell` is null while nothing was ever said of it
  SELECT n.point, n.key AS requirement, n.system, n.target, d.id AS cell,
         n.on_day, n.known, n.known_day, n.kind, n.review, n.since
  FROM named n
  LEFT JOIN cell d ON d.requirement = n.key AND d.system = n.system AND d.target = n.target
),

-- ── What shows it ───────────────────────────────────────────────────────────────────────────────────────────────────
lines AS (  -- the series of each cell
  SELECT c.point, c.cell, s.id AS series, c.on_day, c.known, c.known_day, c.kind, c.review, c.since
  FROM cells c JOIN series s ON s.cell = c.cell
),
standing AS MATERIALIZED (
  SELECT point, cell, series, on_day, known, since, (  -- the newest effective …
    SELECT e.id FROM coverage e
    WHERE e.series = l.series AND e.last_day <= l.on_day AND {effective}
    ORDER BY e.last_day DESC, e.recorded_at DESC, e.fails DESC, e.evidence DESC LIMIT 1
  ) AS coverage
  FROM lines l
  {ongoing}
),
weighed AS MATERIALIZED (  -- a fail holds unless each of its named checks has an exception in force
  SELECT s.point, s.cell, c.id AS coverage, c.fails, c.last_day, c.explicit_end,
         CASE WHEN c.last_day >= s.since AND (c.explicit_end IS NULL OR c.explicit_end >= s.on_day)
              THEN 1 ELSE 0 END AS valid,
         CASE WHEN c.fails = 0 THEN 0
              WHEN NOT EXISTS (SELECT 1 FROM coverage_check k WHERE k.coverage = c.id) THEN 1
              WHEN EXISTS (
                SELECT 1 FROM coverage_check k WHERE k.coverage = c.id AND NOT EXISTS (
                  SELECT 1 FROM check_exception x
                  WHERE x.series = c.series AND x."check" = k."check" AND x.recorded_at <= s.known
                    AND x.in_force <= s.on_day AND x.last_day >= s.on_day
                    AND (x.revoked_at IS NULL OR x.revoked_at > s.known OR x.revoked_day > s.on_day)))
              THEN 1 ELSE 0 END AS holds
  FROM standing s JOIN coverage c ON c.id = s.coverage
),
shown AS MATERIALIZED (  -- per cell: does a fail hold, is something valid, is it so by exception
  SELECT point, cell, MAX(holds) AS failing, MAX(CASE WHEN holds = 0 THEN valid ELSE 0 END) AS valid,
         MAX(CASE WHEN fails = 1 AND holds = 0 THEN 1 ELSE 0 END) AS excepted
  FROM weighed GROUP BY point, cell
),

-- ── Who needs it ────────────────────────────────────────────────────────────────────────────────────────────────────
relation AS MATERIALIZED (  -- crosswalk rows known then
  SELECT p.point, x.from_control, x.to_control, x.relation
  FROM points p JOIN crosswalk x ON x.recorded_at <= p.known
  WHERE NOT EXISTS (SELECT 1 FROM crosswalk later
                    WHERE later.from_control = x.from_control AND later.to_control = x.to_control
                      AND later.recorded_at > x.recorded_at AND later.recorded_at <= p.known)
),
present AS MATERIALIZED (
  SELECT p.point, p.on_day, p.known, c.key, c.catalogue, c.kind
  FROM points p JOIN control c ON c.retired_at IS NULL OR c.retired_at > p.known
),
reach AS MATERIALIZED (  -- a control, itself and what it takes over: equals (`same`) or contains
  SELECT point, key AS control, key AS taken, 1 AS same FROM present
  UNION SELECT point, from_control, to_control, 1 FROM relation WHERE relation = 'equal'
  UNION SELECT point, to_control, from_control, 1 FROM relation WHERE relation = 'equal'
  UNION SELECT point, from_control, to_control, 0 FROM relation WHERE relation = 'superset'
  UNION SELECT point, to_control, from_control, 0 FROM relation WHERE relation = 'subset'
),
primary_mapping AS MATERIALIZED (  -- reviewed then, and not ended
  SELECT p.point, m.measure, m.control
  FROM points p JOIN mapping m ON m.reviewed_at <= p.known AND (m.ended_at IS NULL OR m.ended_at > p.known)
  WHERE m.relation = 'primary'
),
excluded AS MATERIALIZED (  -- by the Statement of Applicability in force that day; never a requirement clause
  SELECT c.point, c.key AS control
  FROM present c
  WHERE c.kind <> 'clause' AND NOT COALESCE((
    SELECT a.applicable FROM applicability a
    WHERE a.control = c.key AND a.recorded_at <= c.known AND a.in_force <= c.on_day
    ORDER BY a.in_force DESC, a.recorded_at DESC LIMIT 1), TRUE)
),
needed AS MATERIALIZED (  -- requirement → the controls that need it
  SELECT DISTINCT r.point, r.key AS requirement, h.control
  FROM requirement r
  JOIN primary_mapping m ON m.point = r.point AND m.measure = r.measure
  JOIN reach h ON h.point = r.point AND h.taken = m.control
  UNION
  SELECT r.point, r.key, h.control
  FROM requirement r JOIN reach h ON h.point = r.point AND h.taken = r.control
),
needless AS MATERIALIZED (  -- requirements that only excluded controls need
  SELECT n.point, n.requirement
  FROM needed n LEFT JOIN excluded x ON x.point = n.point AND x.control = n.control
  GROUP BY n.point, n.requirement
  HAVING COUNT(x.control) = COUNT(*)
),

-- ── Cells ───────────────────────────────────────────────────────────────────────────────────────────────────────────
cell_status AS MATERIALIZED (
  SELECT c.point, c.requirement, c.system, c.target, c.cell,
    CASE
      WHEN z.requirement IS NOT NULL THEN 0
      WHEN s.failing = 1 THEN 6
      WHEN s.valid = 1 THEN 1
      WHEN EXISTS (SELECT 1 FROM lines l JOIN coverage e ON e.series = l.series AND e.last_day >= l.since
                   WHERE l.point = c.point AND l.cell = c.cell AND e.fails = 0
                     AND (e.explicit_end IS NULL OR e.explicit_end >= l.on_day) AND {waiting}) THEN 2
      WHEN s.cell IS NOT NULL THEN 4
      ELSE 5
    END AS status,
    CASE WHEN z.requirement IS NULL AND s.failing = 0 AND s.valid = 1 THEN s.excepted ELSE 0 END AS excepted
  FROM cells c
  LEFT JOIN shown s ON s.point = c.point AND s.cell = c.cell
  LEFT JOIN needless z ON z.point = c.point AND z.requirement = c.requirement
),
proof AS MATERIALIZED (  -- a requirement: the worst of its cells; without any cell it counts as one
  SELECT r.point, r.measure, r.control, r.key AS requirement, COALESCE(c.excepted, 0) AS excepted,
    CASE WHEN c.status IS NOT NULL THEN c.status
         WHEN EXISTS (SELECT 1 FROM needless z WHERE z.point = r.point AND z.requirement = r.key) THEN 0
         WHEN r.applies_to IS NOT NULL AND EXISTS (SELECT 1 FROM systems s WHERE s.point = r.point) THEN 0
         ELSE 3 END AS status
  FROM requirement r
  LEFT JOIN (SELECT point, requirement, MAX(status) AS status, MAX(excepted) AS excepted
             FROM cell_status GROUP BY point, requirement) c ON c.point = r.point AND c.requirement = r.key
),

-- ── Measures ────────────────────────────────────────────────────────────────────────────────────────────────────────
measure_status AS MATERIALIZED (  -- the worst; excluded only if all is
  SELECT p.point, m.key AS measure, COALESCE(MAX(k.status), 3) AS status, COALESCE(MAX(k.excepted), 0) AS excepted
  FROM points p
  JOIN measure m ON m.retired_at IS NULL OR m.retired_at > p.known
  LEFT JOIN proof k ON k.point = p.point AND k.measure = m.key
  GROUP BY p.point, m.key
),

-- ── Controls ────────────────────────────────────────────────────────────────────────────────────────────────────────
part AS (  -- what a control rests on: its primary measures and own requirements, taken-over ones included
  SELECT h.point, h.control, h.same, s.status, s.excepted
  FROM reach h
  JOIN primary_mapping m ON m.point = h.point AND m.control = h.taken
  JOIN measure_status s ON s.point = h.point AND s.measure = m.measure
  UNION ALL
  SELECT h.point, h.control, h.same, k.status, k.excepted
  FROM reach h JOIN proof k ON k.point = h.point AND k.control = h.taken
),
rest AS MATERIALIZED (
  SELECT point, control, MAX(same) AS own, MAX(status) AS worst, MAX(CASE WHEN status > 0 THEN excepted ELSE 0 END) AS excepted
  FROM part GROUP BY point, control
),
nonconforming AS MATERIALIZED (
  SELECT DISTINCT h.point, h.control
  FROM reach h
  JOIN points p ON p.point = h.point
  JOIN nonconformity f ON f.control = h.taken AND f.grade = 'major' AND f.recorded_at <= p.known
                      AND f.first_day <= p.on_day
                      AND (f.closed_recorded_at IS NULL OR f.closed_recorded_at > p.known OR f.closed_day > p.on_day)
),
control_status AS (
  SELECT c.point, c.key AS control, c.catalogue,
    CASE
      WHEN f.control IS NOT NULL THEN 7
      WHEN x.control IS NOT NULL THEN 0
      WHEN COALESCE(r.worst, 0) = 0 THEN 3           -- nothing of that kind
      WHEN r.own = 0 AND r.worst < 3 THEN 3          -- more than what it contains, and nobody said how the rest is shown
      ELSE r.worst
    END AS status,
    COALESCE(r.excepted, 0) AS excepted
  FROM present c
  LEFT JOIN nonconforming f ON f.point = c.point AND f.control = c.key
  LEFT JOIN excluded x ON x.point = c.point AND x.control = c.key
  LEFT JOIN rest r ON r.point = c.point AND r.control = c.key
)
{answer}
