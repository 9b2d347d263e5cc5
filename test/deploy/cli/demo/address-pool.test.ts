import { describe, expect, it } from 'vitest';
import { choosePool, routes } from '../../../../deploy/cli/demo/address-pool.ts';

describe('the addresses of the demo', () => {
  it("are the starter repository's own where they are free", () => {
    expect(choosePool(['172.17.0.0/16', '192.168.1.0/24'])).toBe('10.210.0.0/16');
  });

  it('avoid ranges that overlap in either direction', () => {
    expect(choosePool(['10.210.64.0/18'])).toBe('10.211.0.0/16');
    expect(choosePool(['10.208.0.0/14', '10.212.0.0/16'])).toBe('10.213.0.0/16');
  });

  it('are elsewhere where a private network has all of 10.0.0.0/8', () => {
    expect(choosePool(['10.0.0.0/8', '172.31.0.0/16'])).toBe('172.30.0.0/16');
  });

  it('are refused where nothing is left', () => {
    expect(() => choosePool(['10.0.0.0/8', '172.16.0.0/12'])).toThrow('Every private address range');
  });

  it('pass over ranges of IPv6', () => {
    expect(choosePool(['fd00::/64'])).toBe('10.210.0.0/16');
  });

  it('know the routes of the machine, without the default route', () => {
    const table = [
      'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT',
      'eth0\t00000000\t010011AC\t0003\t0\t0\t0\t00000000\t0\t0\t0',
      'eth0\t0000D20A\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0',
      'tun0\t0040A8C0\t00000000\t0001\t0\t0\t0\t00C0FFFF\t0\t0\t0',
      '',
    ].join('\n');
    expect(routes(table)).toEqual(['10.210.0.0/16', '192.168.64.0/18']);
  });
});
