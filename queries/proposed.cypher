// What do the papers propose?
//
// parameter type (one of Method|Task|Dataset|Metric|Hardware, optional): only concepts of this type
// parameter min_confidence (confidence, default 0): only claims of at least this confidence
// columns: name, type, paper, paper_key, quote

MATCH (p:Paper)-[e:PROPOSES]->(n)
WHERE e.confidence >= $min_confidence
WITH p, e, n, labels(n)[0] AS type
WHERE $type IS NULL OR type = $type
RETURN n.name AS name, type, p.name AS paper, p.key AS paper_key, e.surfaces[0] AS quote
ORDER BY type, name, paper_key, quote
