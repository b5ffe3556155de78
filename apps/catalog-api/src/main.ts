import 'reflect-metadata';
import { Controller, Get, Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { hello } from '@integrations/contracts';
@Injectable() class S { x() { return hello; } }
@Controller() class C { constructor(private readonly s: S) {} @Get() get() { return this.s.x(); } }
@Module({ controllers: [C], providers: [S] }) class M {}
const app = await NestFactory.create(M, new FastifyAdapter());
await app.listen(0, '127.0.0.1'); console.log(await (await fetch(await app.getUrl())).text()); await app.close();
