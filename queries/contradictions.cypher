// Of which two methods does one paper say that the first is better, and another paper the opposite?
//
// parameter method (Method, optional): only where this is one of the two
// parameter min_confidence (confidence, default 0): only claims of at least this confidence
// columns: first, second, paper, paper_key, quote, other_paper, other_paper_key, other_quote

MATCH (a:Method)-[e:OUTPERFORMS]->(b:Method)-[f:OUTPERFORMS]->(a)
WHERE a.id < b.id AND ($method IS NULL OR a.id = $method OR b.id = $method)
UNWIND [i IN range(0, size(e.papers) - 1) WHERE e.confidences[i] >= $min_confidence] AS i
UNWIND [j IN range(0, size(f.papers) - 1) WHERE f.confidences[j] >= $min_confidence] AS j
WITH a, b, e.papers[i] AS by, e.quotes[i] AS quote, f.papers[j] AS other_by, f.quotes[j] AS other_quote
MATCH (p:Paper {id: by})
MATCH (q:Paper {id: other_by})
RETURN a.name AS first, b.name AS second, p.name AS paper, p.key AS paper_key, quote, q.name AS other_paper, q.key AS other_paper_key, other_quote
ORDER BY first, second, paper_key, other_paper_key, quote, other_quote
