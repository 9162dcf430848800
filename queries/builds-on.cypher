// Which methods use, extend, combine or contain which others?
//
// parameter method (Method, optional): on either side
// parameter min_confidence (confidence, default 0): only claims of at least this confidence
// columns: method, uses, support, paper, paper_key, quote

MATCH (a:Method)-[e:USES]->(b:Method)
WHERE $method IS NULL OR a.id = $method OR b.id = $method
WITH a, e, b, [i IN range(0, size(e.papers) - 1) WHERE e.confidences[i] >= $min_confidence] AS sure
UNWIND sure AS i
WITH a, b, size(sure) AS support, e.papers[i] AS by, e.quotes[i] AS quote
MATCH (p:Paper {id: by})
RETURN a.name AS method, b.name AS uses, support, p.name AS paper, p.key AS paper_key, quote
ORDER BY support DESC, method, uses, paper_key, quote
