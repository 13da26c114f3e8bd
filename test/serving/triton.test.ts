import { execFile, execFileSync } from 'node:child_process'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Gateway } from '../../src/serving/gateway.ts'
import { serveVersion } from './served.ts'
import { customers, tableOf, trainVersion, type Version } from './versions.ts'

/** `python3 -m pip install tritonclient[http]`, or a Python that has it, named in REFIT_TEST_PYTHON. */
const python = process.env['REFIT_TEST_PYTHON'] ?? 'python3'
const people = customers(20, 8)

function hasClient(): boolean {
  try {
    execFileSync(python, ['-c', 'import tritonclient.http'], { stdio: 'ignore' })
    return true
  } catch {
    console.log(
      `skipped: ${python} has no tritonclient[http]; install it or name a Python that has it in REFIT_TEST_PYTHON`,
    )
    return false
  }
}

/** As its users write it: nothing says binary, for that is the default. */
const SCRIPT = `
import json, sys
import numpy as np
import tritonclient.http as http

url, people = sys.argv[1], json.loads(sys.argv[2])
client = http.InferenceServerClient(url)
assert client.is_server_live() and client.is_server_ready() and client.is_model_ready("churn")
assert "binary_tensor_data" in client.get_server_metadata()["extensions"]
known = {tensor["name"]: tensor["datatype"] for tensor in client.get_model_metadata("churn")["inputs"]}
columns = {
    "usage": np.array([np.nan if p["usage"] is None else p["usage"] for p in people], dtype=np.float64),
    "plan": np.array([[p["plan"].encode()] for p in people], dtype=np.object_),
}
inputs = []
for name, values in columns.items():
    tensor = http.InferInput(name, values.shape, known[name])
    tensor.set_data_from_numpy(values)
    inputs.append(tensor)
said = []
for outputs in [None, [http.InferRequestedOutput("probability"), http.InferRequestedOutput("label", binary_data=False)]]:
    result = client.infer("churn", inputs, outputs=outputs, request_id="q", headers={"x-refit-key": "ana"})
    labels = [l.decode() if isinstance(l, bytes) else l for l in result.as_numpy("label")]
    said.append({"probability": result.as_numpy("probability").tolist(), "label": labels})
try:
    client.infer("churn", inputs[:1])
except http.InferenceServerException as error:
    said.append(error.message())
print(json.dumps(said))
`

let version: Version
let gateway: Gateway
beforeAll(async () => {
  version = await trainVersion(1)
  gateway = await serveVersion(version)
})
afterAll(() => gateway.close())

test.skipIf(!hasClient())('tritonclient, as it comes, gets what the model says', async () => {
  const { host } = new URL(gateway.url)
  const printed = await new Promise<string>((resolve, reject) => {
    execFile(python, ['-c', SCRIPT, host, JSON.stringify(people)], (error, stdout, stderr) =>
      error ? reject(new Error(stderr)) : resolve(stdout),
    )
  })
  const probability = Array.from(version.model.predict(tableOf(people)).scores)
  const label = probability.map((score) => String(score >= 0.5))
  expect(JSON.parse(printed)).toEqual([
    { probability, label },
    { probability, label },
    expect.stringContaining('needs the inputs "plan"'),
  ])
})
