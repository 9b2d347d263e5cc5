import { buildPage } from '../../../web/ui/build.ts';
import { startPageServer } from './start.ts';

// `node test/support/page-server/main.ts [PORT] [TENANTS]`: the page over fixtures, to look at while one works on it.
const [port = '8099', tenants = '44'] = process.argv.slice(2);
const server = await startPageServer({
  folder: await buildPage(),
  port: Number(port),
  tenants: Number(tenants),
});
console.log(`${server.url}  ${server.email}  ${server.password}`);
