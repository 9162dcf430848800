// Which methods and tasks are a kind of which others?
//
// parameter name (Method|Task, optional): on either side
// parameter min_confidence (confidence, default 0): only claims of at least this confidence
// columns: name, is_a, type, support, paper, paper_key, quote

MATCH (a:Method|Task)-[e:IS_A]->(b)
WHERE $name IS NULL OR a.id = $name OR b.id = $name
WITH a, e, b, [i IN range(0, size(e.papers) - 1) WHERE e.confidences[i] >= $min_confidence] AS sure
UNWIND sure AS i
WITH a, b, size(sure) AS support, e.papers[i] AS by, e.quotes[i] AS quote
MATCH (p:Paper {id: by})
RETURN a.name AS name, b.name AS is_a, labels(a)[0] AS type, support, p.name AS paper, p.key AS paper_key, quote
ORDER BY support DESC, is_a, name, type, paper_key, quote
