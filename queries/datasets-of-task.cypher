// Which datasets test a task: as its benchmark, or because a paper evaluates a method for the task on them?
//
// parameter task (Task, optional): only this task
// columns: task, dataset, how, method, support, paper, paper_key, quote

MATCH (t:Task)
WHERE $task IS NULL OR t.id = $task
CALL (t) {
  MATCH (d:Dataset)-[e:BENCHMARK_FOR]->(t)
  UNWIND range(0, size(e.papers) - 1) AS i
  RETURN d.name AS dataset, 'BENCHMARK_FOR' AS how, null AS method, e.support AS support, e.papers[i] AS by, e.quotes[i] AS quote
  UNION ALL
  MATCH (t)<-[aim:TARGETS]-(m:Method)-[e:EVALUATED_ON]->(d:Dataset)
  UNWIND range(0, size(e.papers) - 1) AS i
  WITH aim, m, e, d, i
  WHERE e.papers[i] IN aim.papers
  RETURN d.name AS dataset, 'EVALUATED_ON' AS how, m.name AS method, e.support AS support, e.papers[i] AS by, e.quotes[i] AS quote
}
MATCH (p:Paper {id: by})
RETURN t.name AS task, dataset, how, method, support, p.name AS paper, p.key AS paper_key, quote
ORDER BY support DESC, task, dataset, how, coalesce(method, ''), paper_key, quote
