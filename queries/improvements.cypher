// Which relative or point gains and savings were reported, of what, against what?
//
// parameter min (number, default 0): the least change, in its unit
// parameter metric (Metric, optional): only of this metric
// parameter min_confidence (confidence, default 0): only claims of at least this confidence
// columns: value, unit, direction, bound, metric, method, baseline, dataset, condition, paper, paper_key, quote

MATCH (r:Result)<-[:REPORTS]-(p:Paper)
WHERE r.kind = 'change' AND r.value >= $min AND r.confidence >= $min_confidence
OPTIONAL MATCH (r)-[:ON_METRIC]->(metric)
OPTIONAL MATCH (r)-[:OF_METHOD]->(method)
OPTIONAL MATCH (r)-[:AGAINST]->(baseline)
OPTIONAL MATCH (r)-[:ON_DATASET]->(dataset)
WITH r, p, metric, method, baseline, dataset
WHERE $metric IS NULL OR metric.id = $metric
RETURN r.value AS value, r.unit AS unit, r.direction AS direction, r.bound AS bound, metric.name AS metric, method.name AS method,
       baseline.name AS baseline, dataset.name AS dataset, r.condition AS condition, p.name AS paper, p.key AS paper_key, r.quote AS quote
ORDER BY coalesce(unit, ''), value DESC, direction, bound, coalesce(metric, ''), coalesce(method, ''), coalesce(baseline, ''), coalesce(dataset, ''),
         paper_key, quote, coalesce(condition, '')
