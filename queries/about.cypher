// What does the graph hold about one concept: its relations, who proposes it, and every number that names it?
// A relation goes out from the concept or comes in from the other end.
//
// parameter name (Name, required): any method, task, dataset, metric or piece of hardware
// parameter min_confidence (confidence, default 0): only claims of at least this confidence
// columns: relation, direction, other, other_type, support, paper, paper_key, quote

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
CALL (n) {
  MATCH (n)-[e:TARGETS|RUNS_ON|EVALUATED_ON|TRAINED_ON|USES|IS_A|OUTPERFORMS|COMPARED_WITH|BENCHMARK_FOR]->(o)
  WITH e, o, [i IN range(0, size(e.papers) - 1) WHERE e.confidences[i] >= $min_confidence] AS sure
  UNWIND sure AS i
  WITH e, o, size(sure) AS support, e.papers[i] AS by, e.quotes[i] AS quote
  MATCH (p:Paper {id: by})
  RETURN type(e) AS relation, 'out' AS direction, o, support, p, quote
  UNION ALL
  MATCH (n)<-[e:TARGETS|RUNS_ON|EVALUATED_ON|TRAINED_ON|USES|IS_A|OUTPERFORMS|COMPARED_WITH|BENCHMARK_FOR]-(o)
  WITH e, o, [i IN range(0, size(e.papers) - 1) WHERE e.confidences[i] >= $min_confidence] AS sure
  UNWIND sure AS i
  WITH e, o, size(sure) AS support, e.papers[i] AS by, e.quotes[i] AS quote
  MATCH (p:Paper {id: by})
  RETURN type(e) AS relation, 'in' AS direction, o, support, p, quote
  UNION ALL
  MATCH (n)<-[e:PROPOSES]-(p:Paper)
  WHERE e.confidence >= $min_confidence
  RETURN 'PROPOSES' AS relation, 'in' AS direction, p AS o, 1 AS support, p, e.surfaces[0] AS quote
  UNION ALL
  MATCH (n)<-[e:OF_METHOD|ON_METRIC|ON_DATASET|FOR_TASK|ON_HARDWARE|AGAINST]-(o:Result)<-[:REPORTS]-(p:Paper)
  WHERE o.confidence >= $min_confidence
  RETURN type(e) AS relation, 'in' AS direction, o, 1 AS support, p, o.quote AS quote
}
RETURN relation, direction, o.name AS other, labels(o)[0] AS other_type, support, p.name AS paper, p.key AS paper_key, quote
ORDER BY relation, direction, support DESC, other, other_type, paper_key, quote
