export { bearerToken, type Caller, createStartToken, createTokenCheck, type TokenCheck, type TokenRecord } from './token-check.js'
