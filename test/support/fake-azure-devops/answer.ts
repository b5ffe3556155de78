import { HttpAnswer } from '../fake-vendor/answer.ts';

/** An error answer of Azure DevOps. `typeKey` is the name of the exception behind it. */
export function refusal(status: number, typeKey: string, message: string): HttpAnswer {
  const typeName = `Microsoft.TeamFoundation.Git.Server.${typeKey}, Microsoft.TeamFoundation.Git.Server`;
  const numbers = { errorCode: 0, eventId: 3000 };
  return new HttpAnswer(status, { $id: '1', innerException: null, message, typeName, typeKey, ...numbers });
}

export function badRequest(message: string): HttpAnswer {
  return refusal(400, 'InvalidArgumentValueException', `Invalid argument value.\r\nParameter name: ${message}`);
}

export function needsPermission(name: string): HttpAnswer {
  const what = `TF401027: You need the Git '${name}' permission to perform this action.`;
  return refusal(403, 'GitNeedsPermissionException', `${what} Details: identity 'Build\\1', scope 'repository'.`);
}

export function unauthorized(user: string): HttpAnswer {
  const what = `TF400813: The user '${user}' is not authorized to access this resource.`;
  return refusal(401, 'UnauthorizedRequestException', what);
}
