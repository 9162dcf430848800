// Which methods are compared without a stated winner, or are on par?
//
// parameter method (Method, optional): on either side
// columns: method, compared_with, support, paper, paper_key, quote

MATCH (a:Method)-[e:COMPARED_WITH]->(b:Method)
WHERE $method IS NULL OR a.id = $method OR b.id = $method
UNWIND range(0, size(e.papers) - 1) AS i
WITH a, e, b, e.papers[i] AS by, e.quotes[i] AS quote
MATCH (p:Paper {id: by})
RETURN a.name AS method, b.name AS compared_with, e.support AS support, p.name AS paper, p.key AS paper_key, quote
ORDER BY support DESC, method, compared_with, paper_key, quote
