// Which methods target this hardware, and what did they measure against what?
// A method that runs on it without a number of its own there stands in a row without a result.
//
// parameter hardware (Hardware, optional): only this hardware
// parameter min_confidence (confidence, default 0): only claims of at least this confidence
// columns: hardware, method, result, metric, baseline, baseline_value, condition, paper, paper_key, quote

MATCH (h:Hardware)
WHERE $hardware IS NULL OR h.id = $hardware
CALL (h) {
  MATCH (h)<-[:ON_HARDWARE]-(r:Result)<-[:REPORTS]-(p:Paper)
  WHERE r.confidence >= $min_confidence
  OPTIONAL MATCH (r)-[:OF_METHOD]->(method)
  OPTIONAL MATCH (r)-[:ON_METRIC]->(metric)
  OPTIONAL MATCH (r)-[:AGAINST]->(baseline)
  RETURN method.name AS method, r.name AS result, metric.name AS metric, baseline.name AS baseline, r.baseline_value AS baseline_value,
         r.condition AS condition, p.name AS paper, p.key AS paper_key, r.quote AS quote
  UNION ALL
  MATCH (h)<-[e:RUNS_ON]-(m:Method)
  UNWIND [i IN range(0, size(e.papers) - 1) WHERE e.confidences[i] >= $min_confidence] AS i
  WITH h, e, m, e.papers[i] AS by, e.quotes[i] AS quote
  MATCH (p:Paper {id: by})
  WHERE NOT EXISTS {
    MATCH (p)-[:REPORTS]->(measured:Result)-[:OF_METHOD]->(m) WHERE measured.confidence >= $min_confidence AND EXISTS { (measured)-[:ON_HARDWARE]->(h) }
  }
  RETURN m.name AS method, null AS result, null AS metric, null AS baseline, null AS baseline_value,
         null AS condition, p.name AS paper, p.key AS paper_key, quote
}
RETURN h.name AS hardware, method, result, metric, baseline, baseline_value, condition, paper, paper_key, quote
ORDER BY hardware, coalesce(method, ''), coalesce(result, ''), coalesce(metric, ''), coalesce(baseline, ''), paper_key, quote, coalesce(condition, ''),
         coalesce(baseline_value, 0)
