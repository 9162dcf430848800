// Which methods are made for which task?
//
// parameter task (Task, optional): only this task
// parameter min_confidence (confidence, default 0): only claims of at least this confidence
// columns: method, task, support, paper, paper_key, quote

MATCH (m:Method)-[e:TARGETS]->(t:Task)
WHERE $task IS NULL OR t.id = $task
WITH m, e, t, [i IN range(0, size(e.papers) - 1) WHERE e.confidences[i] >= $min_confidence] AS sure
UNWIND sure AS i
WITH m, t, size(sure) AS support, e.papers[i] AS by, e.quotes[i] AS quote
MATCH (p:Paper {id: by})
RETURN m.name AS method, t.name AS task, support, p.name AS paper, p.key AS paper_key, quote
ORDER BY support DESC, method, task, paper_key, quote
