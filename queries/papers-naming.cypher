// Which papers name a concept, and which of them propose it?
//
// parameter name (Name, required): any method, task, dataset, metric or piece of hardware
// parameter min_confidence (confidence, default 0): only claims of at least this confidence
// columns: paper, paper_key, proposes

CALL () {
  MATCH (n:Method {id: $name}) RETURN n
  UNION ALL
  MATCH (n:Task {id: $name}) RETURN n
  UNION ALL
  MATCH (n:Dataset {id: $name}) RETURN n
  UNION ALL
  MATCH (n:Metric {id: $name}) RETURN n
  UNION ALL
  MATCH (n:Hardware {id: $name}) RETURN n
}
MATCH (p:Paper)-[:MENTIONS]->(n)
OPTIONAL MATCH (p)-[e:PROPOSES]->(n) WHERE e.confidence >= $min_confidence
RETURN p.name AS paper, p.key AS paper_key, e IS NOT NULL AS proposes
ORDER BY proposes DESC, paper_key, paper
