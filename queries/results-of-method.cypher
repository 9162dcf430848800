// What was measured of a method: which numbers, of what, on what, against what?
//
// parameter method (Method, required): the method measured
// parameter min_confidence (confidence, default 0): only claims of at least this confidence
// columns: result, value, value_high, unit, kind, direction, bound, metric, dataset, task, hardware, baseline, baseline_value, condition, paper, paper_key, quote

MATCH (m:Method {id: $method})<-[:OF_METHOD]-(r:Result)<-[:REPORTS]-(p:Paper)
WHERE r.confidence >= $min_confidence
OPTIONAL MATCH (r)-[:ON_METRIC]->(metric)
OPTIONAL MATCH (r)-[:ON_DATASET]->(dataset)
OPTIONAL MATCH (r)-[:FOR_TASK]->(task)
OPTIONAL MATCH (r)-[:ON_HARDWARE]->(hardware)
OPTIONAL MATCH (r)-[:AGAINST]->(baseline)
RETURN r.name AS result, r.value AS value, r.value_high AS value_high, r.unit AS unit, r.kind AS kind, r.direction AS direction, r.bound AS bound,
       metric.name AS metric, dataset.name AS dataset, task.name AS task, hardware.name AS hardware,
       baseline.name AS baseline, r.baseline_value AS baseline_value, r.condition AS condition, p.name AS paper, p.key AS paper_key, r.quote AS quote
ORDER BY coalesce(metric, ''), coalesce(unit, ''), value DESC, paper_key, quote, result, coalesce(dataset, ''), coalesce(hardware, ''), coalesce(baseline, '')
