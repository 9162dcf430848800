// Which methods are made for which task?
//
// parameter task (Task, optional): only this task
// columns: method, task, support, paper, paper_key, quote

MATCH (m:Method)-[e:TARGETS]->(t:Task)
WHERE $task IS NULL OR t.id = $task
UNWIND range(0, size(e.papers) - 1) AS i
WITH m, e, t, e.papers[i] AS by, e.quotes[i] AS quote
MATCH (p:Paper {id: by})
RETURN m.name AS method, t.name AS task, e.support AS support, p.name AS paper, p.key AS paper_key, quote
ORDER BY support DESC, method, task, paper_key, quote
