// Which datasets test a task: as its benchmark, or because a paper evaluates a method for the task on them?
//
// parameter task (Task, optional): only this task
// parameter min_confidence (confidence, default 0): only claims of at least this confidence
// columns: task, dataset, how, method, support, paper, paper_key, quote

MATCH (t:Task)
WHERE $task IS NULL OR t.id = $task
CALL (t) {
  MATCH (d:Dataset)-[e:BENCHMARK_FOR]->(t)
  WITH d, e, [i IN range(0, size(e.papers) - 1) WHERE e.confidences[i] >= $min_confidence] AS sure
  UNWIND sure AS i
  RETURN d.name AS dataset, 'BENCHMARK_FOR' AS how, null AS method, size(sure) AS support, e.papers[i] AS by, e.quotes[i] AS quote
  UNION ALL
  MATCH (t)<-[aim:TARGETS]-(m:Method)-[e:EVALUATED_ON]->(d:Dataset)
  WITH m, e, d, [i IN range(0, size(aim.papers) - 1) WHERE aim.confidences[i] >= $min_confidence | aim.papers[i]] AS aiming,
       [i IN range(0, size(e.papers) - 1) WHERE e.confidences[i] >= $min_confidence] AS sure
  UNWIND sure AS i
  WITH m, e, d, i, aiming, size(sure) AS support
  WHERE e.papers[i] IN aiming
  RETURN d.name AS dataset, 'EVALUATED_ON' AS how, m.name AS method, support, e.papers[i] AS by, e.quotes[i] AS quote
}
MATCH (p:Paper {id: by})
RETURN t.name AS task, dataset, how, method, support, p.name AS paper, p.key AS paper_key, quote
ORDER BY support DESC, task, dataset, how, coalesce(method, ''), paper_key, quote
