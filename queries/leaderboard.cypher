// Who reports the best value of a metric, on a task or a dataset?
// Only measured values are ranked, no gains or factors; within a unit, values under "up to" come after the others.
//
// parameter metric (Metric, required): what is ranked
// parameter task (Task, optional): only results for this task, or of methods that target it
// parameter dataset (Dataset, optional): only results on this dataset
// parameter best (one of high|low, default high): whether more or less is better
// parameter min_confidence (confidence, default 0): only claims of at least this confidence
// columns: metric, value, unit, bound, method, dataset, task, hardware, condition, paper, paper_key, quote

MATCH (metric:Metric {id: $metric})<-[:ON_METRIC]-(r:Result)<-[:REPORTS]-(p:Paper)
WHERE r.kind = 'absolute' AND r.confidence >= $min_confidence
OPTIONAL MATCH (r)-[:OF_METHOD]->(method)
OPTIONAL MATCH (r)-[:ON_DATASET]->(dataset)
OPTIONAL MATCH (r)-[:FOR_TASK]->(task)
OPTIONAL MATCH (r)-[:ON_HARDWARE]->(hardware)
OPTIONAL MATCH (method)-[aims:TARGETS]->(aim:Task {id: $task}) WHERE aims.confidence >= $min_confidence
WITH metric, r, p, method, dataset, task, hardware, aim
WHERE ($dataset IS NULL OR dataset.id = $dataset) AND ($task IS NULL OR task.id = $task OR aim IS NOT NULL)
RETURN metric.name AS metric, r.value AS value, r.unit AS unit, r.bound AS bound, method.name AS method, dataset.name AS dataset, task.name AS task,
       hardware.name AS hardware, r.condition AS condition, p.name AS paper, p.key AS paper_key, r.quote AS quote
ORDER BY coalesce(unit, ''), CASE WHEN bound = 'up_to' THEN 1 ELSE 0 END, CASE WHEN $best = 'low' THEN value ELSE -value END,
         coalesce(method, ''), coalesce(dataset, ''), coalesce(task, ''), coalesce(hardware, ''), bound, paper_key, quote, coalesce(condition, '')
