import { dotnet } from './_framework/dotnet.js';

const { getAssemblyExports, getConfig } = await dotnet.create();
const { QuantGen } = await getAssemblyExports(getConfig().mainAssemblyName);
const classify = QuantGen.Samples.Browser.Reviews.Classify;

const element = id => document.getElementById(id);

function answer() {
  const [label, probability, milliseconds] = classify(element('text').value).split(' ');
  const percent = (100 * Number(probability)).toFixed(1);
  element('answer').innerHTML = `<div class="bar ${label.toLowerCase()}"><div style="width: ${percent}%"></div></div>`
    + `<strong>${label}</strong> ${percent}% <small>${milliseconds} ms</small>`;
}

element('form').addEventListener('submit', event => {
  event.preventDefault();
  answer();
});
element('ask').textContent = 'Ask';
element('ask').disabled = false;
answer();
