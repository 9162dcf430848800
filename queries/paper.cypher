// What does one paper propose, report and state?
// A proposed concept has its type as object, a reported number the method measured as subject.
//
// parameter paper (Paper, required): its own id or its title
// parameter min_confidence (confidence, default 0): only claims of at least this confidence
// columns: states, subject, object, paper, paper_key, quote

MATCH (p:Paper {id: $paper})
CALL (p) {
  MATCH (p)-[e:PROPOSES]->(n)
  WHERE e.confidence >= $min_confidence
  RETURN 'PROPOSES' AS states, n.name AS subject, labels(n)[0] AS object, e.surfaces[0] AS quote
  UNION ALL
  MATCH (p)-[:REPORTS]->(r:Result)
  WHERE r.confidence >= $min_confidence
  OPTIONAL MATCH (r)-[:OF_METHOD]->(m)
  RETURN 'REPORTS' AS states, m.name AS subject, r.name AS object, r.quote AS quote
  UNION ALL
  MATCH (p)-[:MENTIONS]->(a)-[e:TARGETS|RUNS_ON|EVALUATED_ON|TRAINED_ON|USES|IS_A|OUTPERFORMS|COMPARED_WITH|BENCHMARK_FOR]->(b)
  UNWIND range(0, size(e.papers) - 1) AS i
  WITH p, a, e, b, i
  WHERE e.papers[i] = p.id AND e.confidences[i] >= $min_confidence
  RETURN type(e) AS states, a.name AS subject, b.name AS object, e.quotes[i] AS quote
}
RETURN states, subject, object, p.name AS paper, p.key AS paper_key, quote
ORDER BY CASE states WHEN 'PROPOSES' THEN 0 WHEN 'REPORTS' THEN 1 ELSE 2 END, states, coalesce(subject, ''), object, quote
