import { ScmCommentRequest } from '@integrations/contracts';
import { checkRunMarker, commentMarker, markedBody, remarkSet, upsertKeyOf } from '@integrations/provider-kit';
import { keyOf } from './bitbucket-cloud/keys';
import { identityOf } from './github-app/check-run-plan';

const comment = (updateExisting = true) => Object.assign(new ScmCommentRequest(), { updateExisting });
const context = { upsertKey: 'sast', operationId: '0b7a2f0e-0000-4000-8000-000000000000' };
const remark = { fingerprint: 'f', path: 'a.ts', startLine: 1, endLine: 1, body: 'x' };

// With other identities, a release would not find what older ones posted, and would post everything once more.
it('What identifies our posts at the vendors is the same in every release', () => {
  expect({
    key: upsertKeyOf({ operation: 'comment', request: Object.assign(comment(), { upsertKey: 'sast' }) }),
    keyOfComment: upsertKeyOf({ operation: 'comment', request: comment() }),
    comment: commentMarker(comment(), context),
    commentOfOperation: commentMarker(comment(false), context),
    checkRunComment: checkRunMarker('SAST', 'sast'),
    remarks: remarkSet('inline', 'sast', [remark, remark]).remarks.map(({ marker }) => marker),
    checkRunRemark: remarkSet('check_run', 'sast', [remark]).remarks.map(({ marker }) => marker),
    body: markedBody('x', 'a1', { max: 100, unit: 'characters' }).body,
    bodyWithoutHtml: markedBody('x', 'a1', { max: 100, unit: 'characters' }, 'link_definition').body,
    githubCheckRun: identityOf('sast', 'a'.repeat(40)),
    bitbucketStatus: keyOf('status', 'scan/SAST'),
    bitbucketReport: keyOf('report', 'SAST', 'sast'),
  }).toEqual({
    key: 'sast',
    keyOfComment: 'default',
    comment: '405d4fd5e09e7243613a7502822c964e',
    commentOfOperation: '565e0a9803f0b9a917da0493c8ac385e',
    checkRunComment: 'ea0f285bd545919562a5010144b15087',
    remarks: [
      '0cf593893b4d1a2210e3b1555efefbd6235d824e85e73458dcedfa167048ef21',
      '0cf593893b4d1a2210e3b1555efefbd642f7a280cd6b760e47c3260d1861b13b',
    ],
    checkRunRemark: ['7653c82c124156fb54f9ab7ff2cde192235d824e85e73458dcedfa167048ef21'],
    body: 'x\n\n<!-- integrations:a1 -->',
    bodyWithoutHtml: 'x\n\n[//]: # (integrations:a1)',
    githubCheckRun: 'integrations:b7791f0f10d776b2809c5c0ef6b3ad61',
    bitbucketStatus: 'scan-sast-85ebd5ff0227',
    bitbucketReport: 'sast-c14d3c6ee899',
  });
});
