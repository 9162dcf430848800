// Which speed-ups and other factors of increase were reported, of what, on which hardware, against what?
//
// parameter min (number, default 1): the least factor
// parameter hardware (Hardware, optional): only on this hardware
// parameter min_confidence (confidence, default 0): only claims of at least this confidence
// columns: value, bound, metric, method, baseline, hardware, condition, paper, paper_key, quote

MATCH (r:Result)<-[:REPORTS]-(p:Paper)
WHERE r.unit = 'x' AND r.direction = 'increase' AND r.value >= $min AND r.confidence >= $min_confidence
OPTIONAL MATCH (r)-[:ON_METRIC]->(metric)
OPTIONAL MATCH (r)-[:OF_METHOD]->(method)
OPTIONAL MATCH (r)-[:AGAINST]->(baseline)
OPTIONAL MATCH (r)-[:ON_HARDWARE]->(hardware)
WITH r, p, metric, method, baseline, hardware
WHERE $hardware IS NULL OR hardware.id = $hardware
RETURN r.value AS value, r.bound AS bound, metric.name AS metric, method.name AS method, baseline.name AS baseline, hardware.name AS hardware,
       r.condition AS condition, p.name AS paper, p.key AS paper_key, r.quote AS quote
ORDER BY value DESC, bound, coalesce(metric, ''), coalesce(method, ''), coalesce(baseline, ''), coalesce(hardware, ''), paper_key, quote, coalesce(condition, '')
