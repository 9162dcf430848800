// Which hardware does a method run on?
//
// parameter method (Method, optional): only this method
// parameter min_confidence (confidence, default 0): only claims of at least this confidence
// columns: method, hardware, support, paper, paper_key, quote

MATCH (m:Method)-[e:RUNS_ON]->(h:Hardware)
WHERE $method IS NULL OR m.id = $method
WITH m, e, h, [i IN range(0, size(e.papers) - 1) WHERE e.confidences[i] >= $min_confidence] AS sure
UNWIND sure AS i
WITH m, h, size(sure) AS support, e.papers[i] AS by, e.quotes[i] AS quote
MATCH (p:Paper {id: by})
RETURN m.name AS method, h.name AS hardware, support, p.name AS paper, p.key AS paper_key, quote
ORDER BY support DESC, method, hardware, paper_key, quote
