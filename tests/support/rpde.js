// Walks a feed with OpenActive's validator and prints what it found, as JSON.
const { RpdeValidator } = require("@openactive/rpde-validator");

const [url, pageLimit] = process.argv.slice(2);
RpdeValidator(url, { pageLimit: Number(pageLimit), timeoutMs: 60000 }).then((log) => {
  const errors = log.pages.flatMap((page) =>
    page.errors.map((e) => ({ url: page.url, severity: e.data.severity, type: e.data.type, message: e.data.message })),
  );
  console.log(JSON.stringify({ pages: log.pages.length, errors }));
});
